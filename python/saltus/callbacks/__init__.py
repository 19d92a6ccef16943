"""Callbacks: told about the progress of a run."""

from typing import TYPE_CHECKING, Any, Sequence, Tuple

from .._absent import absent
from .._described import by_name, get_object
from .batch_progress_bar import BatchProgressBar
from .callback import Callback
from .checkpoint import Checkpoint, TrainingCheckpoint
from .csv_log import CsvLog
from .early_stopping import EarlyStopping
from .function_callback import FunctionCallback
from .optimiser_param_schedule import OptimiserParamSchedule
from .recorders import ConnVarRecorder, SpikeRecorder, VarRecorder
from .restore_best import RestoreBest
from .rewiring_record import RewiringRecord

__all__ = [
    "BatchProgressBar",
    "Callback",
    "Checkpoint",
    "ConnVarRecorder",
    "CsvLog",
    "EarlyStopping",
    "FunctionCallback",
    "OptimiserParamSchedule",
    "RestoreBest",
    "RewiringRecord",
    "SpikeRecorder",
    "TrainingCheckpoint",
    "VarRecorder",
]

_BY_NAME = by_name(BatchProgressBar, Checkpoint, EarlyStopping, RestoreBest)


def get_callbacks(given: Sequence[Any]) -> Tuple[Callback, ...]:
    """Callbacks from objects, which are used as they are, and names."""
    return tuple(
        (
            callback
            if isinstance(callback, Callback)
            else get_object(callback, Callback, "Callback", _BY_NAME)
        )
        for callback in given
    )


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
