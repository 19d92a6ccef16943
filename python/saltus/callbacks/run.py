"""What the engine tells about a run, passed on to callbacks."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Set

from ..errors import UnsupportedError
from ..metrics import MetricDict
from .callback import data_of, overrides


class Run:
    """The callbacks of one run. The engine calls the functions whose names begin with on_."""

    def __init__(
        self,
        network: Any,
        callbacks: Sequence[Any],
        metrics: MetricDict,
        names: Dict[Any, str],
        num_batches: Optional[int],
        training: bool = False,
        num_epochs: Optional[int] = None,
    ) -> None:
        from . import get_callbacks

        self._callbacks = get_callbacks(callbacks)
        self._metrics = metrics
        self._names = names
        self._training = training
        params: Dict[str, Any] = {
            "data": {},
            "compiled_network": network,
            "num_batches": num_batches,
        }
        if num_epochs is not None:
            params["num_epochs"] = num_epochs
        seen: Set[type] = set()
        for callback in self._callbacks:
            _refuse_timesteps(callback)
            callback.set_params(**params)
        for callback in self._callbacks:
            if type(callback) not in seen:
                seen.add(type(callback))
                callback.set_first()
        #: What runs inside the engine, such as recorders.
        self.engine_callbacks = [
            callback.engine_callback
            for callback in self._callbacks
            if callback.engine_callback is not None
        ]
        #: Whether the engine has to tell about batches, and the least time between two.
        self.wants_batch_begins = any(overrides(c, "on_batch_begin") for c in self._callbacks)
        ends = [c for c in self._callbacks if overrides(c, "on_batch_end")]
        self.wants_batch_ends = bool(ends)
        self.batch_interval_s = min((c.batch_interval_s for c in ends), default=0.0)

        #: Whether the engine has to ask after every batch.
        self.may_stop = any(overrides(callback, "wants_to_stop") for callback in self._callbacks)

    def engine(self) -> "Run":
        """What the engine is given. Also without callbacks, since it looks for Ctrl-C."""
        return self

    def data(self) -> Dict[Any, Any]:
        """The callbacks' data."""
        return data_of(self._callbacks)

    def on_run_begin(self, epoch: int, batch: int, num_batches: int, figures: Any) -> None:
        for callback in self._callbacks:
            callback.on_train_begin() if self._training else callback.on_test_begin()

    def on_run_end(self, epoch: int, batch: int, num_batches: int, figures: Any) -> None:
        metrics = self._taken(figures)
        for callback in self._callbacks:
            callback.on_train_end(metrics) if self._training else callback.on_test_end(metrics)

    def on_epoch_begin(self, epoch: int, batch: int, num_batches: int, figures: Any) -> None:
        for callback in self._callbacks:
            callback.on_epoch_begin(epoch)

    def on_epoch_end(self, epoch: int, batch: int, num_batches: int, figures: Any) -> None:
        metrics = self._taken(figures)
        for callback in self._callbacks:
            callback.on_epoch_end(epoch, metrics)

    def on_batch_begin(self, epoch: int, batch: int, num_batches: int, figures: Any) -> None:
        for callback in self._callbacks:
            callback.on_batch_begin(batch)

    def on_batch_end(self, epoch: int, batch: int, num_batches: int, figures: Any) -> None:
        # The engine counts the batches that are done.
        metrics = self._taken(figures)
        for callback in self._callbacks:
            callback.on_batch_end(batch - 1, metrics)

    def wants_to_stop(self) -> bool:
        # All are asked, also after one that wants to.
        return any([callback.wants_to_stop() for callback in self._callbacks])

    def _taken(self, figures: Optional[Dict[str, float]]) -> MetricDict:
        if figures is not None:
            self._metrics._take(figures, self._names)
        return self._metrics


def _refuse_timesteps(callback: Any) -> None:
    """Events of mlGeNN that nobody would call."""
    for event in ("on_timestep_begin", "on_timestep_end"):
        if hasattr(callback, event):
            raise UnsupportedError(
                type(callback).__name__,
                f"{event}() is never called, since steps run in blocks",
                "use a SpikeRecorder or VarRecorder, or compiled.trace()",
            )
