"""Ending training in time."""

from __future__ import annotations

from typing import Any, Optional

from .._described import suggest
from .._values import require_count, require_number
from ..errors import ModelError
from ..metrics import MetricDict
from .callback import Callback


class EarlyStopping(Callback):
    """Ends training when a figure has not become better for some epochs. Losses and errors are
    better when they are smaller, all others when they are larger.

    Args:
        figure: Name in `metrics.figures`: "loss", "accuracy", "validation_loss", ...
        patience: Epochs without improvement after which training ends; at least 1.
        min_delta: What counts as an improvement must be greater.

    Attributes:
        best: The best figure so far; None before the first epoch.
        best_epoch: Its epoch.

    Raises:
        ModelError: For a patience of 0; at the end of an epoch, when there is no such figure.

    Example:
        >>> stopping = EarlyStopping("validation_loss", patience=3)
        >>> compiled.train(*data, 100, validation_split=0.1, callbacks=[stopping])
    """

    def __init__(
        self, figure: str = "validation_loss", patience: int = 3, min_delta: float = 0.0
    ) -> None:
        self.figure = figure
        self.patience = require_count(patience, "EarlyStopping", "patience", 1)
        self.min_delta = require_number(min_delta, "EarlyStopping", "min_delta")
        self._begin()

    def _begin(self) -> None:
        self.best: Optional[float] = None
        self.best_epoch: Optional[int] = None
        self._waited = 0

    def set_params(self, **params: Any) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, metrics: MetricDict) -> None:
        if self.figure not in metrics.figures:
            raise ModelError(
                "EarlyStopping",
                f"there is no figure '{self.figure}'",
                suggest(self.figure, metrics.figures),
            )
        figure = metrics.figures[self.figure]
        is_smaller_better = self.figure.endswith(("loss", "error"))
        gain = None if self.best is None else self.best - figure
        if gain is not None and not is_smaller_better:
            gain = -gain
        if gain is None or gain > self.min_delta:
            self.best, self.best_epoch, self._waited = figure, epoch, 0
        else:
            self._waited += 1

    def wants_to_stop(self) -> bool:
        return self._waited >= self.patience
