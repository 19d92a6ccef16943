"""The base of all callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Tuple

from .._absent import raise_missing_attribute
from .._display import short_call_text
from ..metrics import MetricDict


class Callback:
    """Base of all callbacks, and of those that you write: override what you need.

    All functions are called on the thread that runs the network. One that raises an error ends the
    run, which raises it; weights are then as the last complete batch left them. A callback may use
    the network that it is called by, for instance evaluate it at the end of an epoch.

    ``get_data()``, if a subclass has it, returns (key, data), which evaluate() and train() return
    in their dictionary of callback data.

    Example:
        >>> class PrintLoss(Callback):
        ...     def on_epoch_end(self, epoch, metrics):
        ...         print(epoch, metrics.loss)
    """

    #: The engine's object that does the work, for callbacks that have one; set by set_params().
    engine_callback: Any = None

    #: Least time in seconds between two calls of on_batch_end(), for a callback that needs not be
    #: told about every batch; it is told about the last one. Telling takes as long as a small
    #: batch.
    batch_interval_s: float = 0.0

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return raise_missing_attribute(self, name)

    def __repr__(self) -> str:
        return short_call_text(self)

    def set_params(self, **params: Any) -> None:
        """Called before a run.

        Args:
            params: What the run is: compiled_network, num_batches, num_epochs (when training), and
                data, a dictionary that all callbacks of the run share.
        """

    def set_first(self) -> None:
        """Called before a run on the first callback of each class."""

    def on_train_begin(self) -> None:
        """Training begins."""

    def on_train_end(self, metrics: MetricDict) -> None:
        """Training has ended.

        Args:
            metrics: Figures of the last epoch.
        """

    def on_test_begin(self) -> None:
        """An evaluation, prediction or validation begins."""

    def on_test_end(self, metrics: MetricDict) -> None:
        """It has ended.

        Args:
            metrics: Its figures.
        """

    def on_epoch_begin(self, epoch: int) -> None:
        """An epoch begins.

        Args:
            epoch: Its number.
        """

    def on_epoch_end(self, epoch: int, metrics: MetricDict) -> None:
        """An epoch has ended.

        Args:
            epoch: Its number.
            metrics: Its figures, with those of its validation.
        """

    def on_batch_begin(self, batch: int) -> None:
        """A batch begins.

        Args:
            batch: Its number, counted from 0 in each epoch.
        """

    def on_batch_end(self, batch: int, metrics: MetricDict) -> None:
        """A batch has ended.

        Args:
            batch: Its number, counted from 0 in each epoch.
            metrics: Figures of the epoch so far.
        """

    def wants_to_stop(self) -> bool:
        """Whether the run shall end here. Asked after every batch and every epoch."""
        return False


def overrides(callback: Callback, event: str) -> bool:
    """Whether a callback does something at an event."""
    function = getattr(callback, event)
    return getattr(function, "__func__", function) is not getattr(Callback, event)


def data_of(callbacks: Tuple[Callback, ...]) -> Dict[Any, Any]:
    """What callbacks with get_data() collected, by their keys; by position without a key."""
    collected: Dict[Any, Any] = {}
    for position, callback in enumerate(callbacks):
        get_data: Any = getattr(type(callback), "get_data", None)
        if get_data is None:
            continue
        key, data = get_data(callback)
        key = position if key is None else key
        if key in collected:
            raise KeyError(f"two callbacks give data under the key {key!r}")
        collected[key] = data
    return collected
