"""Callbacks: told about the progress of a run."""

from typing import TYPE_CHECKING, Any, Sequence, Tuple

from .._absent import absent
from .._described import by_name, get_object
from .batch_progress_bar import BatchProgressBar
from .callback import Callback
from .early_stopping import EarlyStopping
from .optimiser_param_schedule import OptimiserParamSchedule
from .recorders import ConnVarRecorder, SpikeRecorder, VarRecorder

__all__ = [
    "BatchProgressBar",
    "Callback",
    "ConnVarRecorder",
    "EarlyStopping",
    "OptimiserParamSchedule",
    "SpikeRecorder",
    "VarRecorder",
]

_BY_NAME = by_name(BatchProgressBar, EarlyStopping)


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
