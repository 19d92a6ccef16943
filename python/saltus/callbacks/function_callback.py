"""Functions as callbacks."""

from __future__ import annotations

from typing import Any, Callable

from .._described import suggest
from ..errors import ArgumentTypeError, ModelError
from .callback import Callback

EVENTS = (
    "on_train_begin",
    "on_train_end",
    "on_test_begin",
    "on_test_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_batch_begin",
    "on_batch_end",
)


class FunctionCallback(Callback):
    """Calls a function at each event that is given one.

    Args:
        events: Functions by the names of Callback's events, with the same arguments: on_train_begin,
            on_train_end, on_test_begin, on_test_end, on_epoch_begin, on_epoch_end, on_batch_begin,
            on_batch_end.

    Raises:
        ModelError: For a name that is no event.
        ArgumentTypeError: For what cannot be called.

    Example:
        >>> losses = []
        >>> keep = FunctionCallback(on_epoch_end=lambda epoch, metrics: losses.append(metrics.loss))
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 3, callbacks=[keep])
        >>> len(losses)
        3
    """

    def __init__(self, **events: Callable[..., Any]) -> None:
        for name, function in events.items():
            if name not in EVENTS:
                raise ModelError(
                    "FunctionCallback",
                    f"there is no event '{name}'",
                    suggest(name, EVENTS),
                )
            if not callable(function):
                raise ArgumentTypeError(
                    "FunctionCallback",
                    f"{name} is {function!r}, which cannot be called",
                    "give a function",
                )
            setattr(self, name, function)
