"""A progress bar."""

from __future__ import annotations

import sys
from typing import Any, Optional

from ..metrics import MetricDict
from .callback import Callback


class BatchProgressBar(Callback):
    """Shows the progress of a run and its metrics: one bar an epoch, in notebooks and where the
    error output is a terminal, and nothing elsewhere.

    Args:
        disable: Whether to show nothing; None to decide by where it would go.

    Example:
        >>> bar = BatchProgressBar()
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 10, callbacks=[bar])
    """

    #: A bar needs not be newer than the eye.
    batch_interval_s = 0.05

    def __init__(self, disable: Optional[bool] = None) -> None:
        self.disable = disable
        self._num_batches = 0
        self._bar: Any = None

    # Told as Callback says.
    def set_params(self, **params: Any) -> None:
        self._num_batches = params["num_batches"]
        self._bar = None

    def on_test_begin(self) -> None:
        self._open(None)

    def on_epoch_begin(self, epoch: int) -> None:
        self._open(f"epoch {epoch}")

    def on_batch_end(self, batch: int, metrics: MetricDict) -> None:
        if self._bar is None or self._bar.disable:
            return
        figures = {
            type(metric).__name__: f"{metric.result:.4f}"
            for metric in metrics.values()
            if metric.result is not None
        }
        if metrics.loss is not None:
            figures = {"loss": f"{metrics.loss:.4f}", **figures}
        self._bar.set_postfix(figures, refresh=False)
        self._bar.update(batch + 1 - self._bar.n)

    def on_epoch_end(self, epoch: int, metrics: MetricDict) -> None:
        self._close()

    def on_train_end(self, metrics: MetricDict) -> None:
        self._close()

    def on_test_end(self, metrics: MetricDict) -> None:
        self._close()

    def _open(self, description: Optional[str]) -> None:
        self._close()
        if self.disable or (self.disable is None and not _somebody_may_look()):
            return
        # Loaded here, since it is slow to load.
        from tqdm.auto import tqdm

        # A notebook's output is no terminal, but shows bars.
        in_notebook = tqdm.__mro__[1].__name__ == "tqdm_notebook"
        disable = False if self.disable is None and in_notebook else self.disable
        self._bar = tqdm(total=self._num_batches, desc=description, disable=disable)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _somebody_may_look() -> bool:
    """Whether the error output is a terminal, or a notebook shows it."""
    return "IPython" in sys.modules or bool(sys.stderr and sys.stderr.isatty())
