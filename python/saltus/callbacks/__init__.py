"""Callbacks: told about the progress of a run."""

from typing import Any, Sequence, Tuple

from .._described import by_name, get_object
from .batch_progress_bar import BatchProgressBar
from .callback import Callback
from .early_stopping import EarlyStopping

__all__ = ["BatchProgressBar", "Callback", "EarlyStopping"]

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


_LATER = (
    "Checkpoint",
    "ConnVarRecorder",
    "OptimiserParamSchedule",
    "SpikeRecorder",
    "VarRecorder",
)


def __getattr__(name: str) -> Any:
    advice = ": it comes later; see compiled.trace()" if name in _LATER else ""
    raise AttributeError(f"module 'saltus.callbacks' has no attribute '{name}'{advice}")
