"""Ending training in time."""

from __future__ import annotations

import math
from typing import Optional

from .. import _saltus
from .._values import require_count, require_number
from .callback import Callback


class EarlyStopping(Callback):
    """Ends training when a figure has not become better for some epochs. Losses and errors are
    better when they are smaller, all others when they are larger.

    Args:
        figure: Name in `metrics.figures`: "loss", "accuracy", "validation_loss", ...
        patience: Epochs without improvement after which training ends; at least 1.
        min_delta: What counts as an improvement must be greater.
        restore_best: Whether the network goes back to the best epoch when the run ends, as with
            RestoreBest.

    Raises:
        ModelError: For a patience of 0 or a negative min_delta; at the end of an epoch, when there
            is no such figure.

    Example:
        >>> stopping = EarlyStopping("validation_loss", patience=3)
        >>> metrics, validation, *_ = compiled.train(
        ...     {inputs: x}, {output: y}, 100, validation_split=0.25, callbacks=[stopping]
        ... )
        >>> len(metrics.history) <= 100
        True
    """

    def __init__(
        self,
        figure: str = "validation_loss",
        patience: int = 3,
        min_delta: float = 0.0,
        restore_best: bool = False,
    ) -> None:
        self.figure = figure
        self.patience = require_count(patience, "EarlyStopping", "patience")
        self.min_delta = require_number(min_delta, "EarlyStopping", "min_delta")
        self.restore_best = bool(restore_best)
        self.engine_callback = _saltus.EarlyStopping(
            self.figure, self.patience, self.min_delta, self.restore_best
        )

    @property
    def best(self) -> Optional[float]:
        """The best figure so far; None before the first epoch."""
        best = self.engine_callback.best
        return None if math.isnan(best) else best

    @property
    def best_epoch(self) -> Optional[int]:
        """Its epoch."""
        return None if self.best is None else self.engine_callback.best_epoch
