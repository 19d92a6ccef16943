"""Going back to the best epoch."""

from __future__ import annotations

import math
from typing import Any, Dict, Optional

from .. import _saltus
from .._values import require_number
from .callback import Callback


class RestoreBest(Callback):
    """When a run ends, gives the network the state that it had after the epoch with the best
    figure: weights, trained parameters, delays and synapses with what the optimiser keeps of them,
    and the number of the next epoch, so that training, too, goes on from there. Losses and errors
    are better when they are smaller, all others when they are larger.

    A run that ends with an exception leaves the network as it is; `best_state` is there for it.

    Args:
        figure: Name in `metrics.figures`: "loss", "accuracy", "validation_loss", ...
        min_delta: What counts as an improvement must be greater.

    Raises:
        ModelError: For a negative min_delta; at the end of an epoch, when there is no such figure.

    Example:
        >>> best = RestoreBest("validation_accuracy")
        >>> metrics, validation, *_ = compiled.train(
        ...     {inputs: x}, {output: y}, 20, validation_split=0.25, callbacks=[best]
        ... )
        >>> 0 <= best.best_epoch < 20
        True
    """

    def __init__(self, figure: str = "validation_loss", min_delta: float = 0.0) -> None:
        self.figure = figure
        self.min_delta = require_number(min_delta, "RestoreBest", "min_delta")
        self.engine_callback = _saltus.RestoreBest(self.figure, self.min_delta)

    @property
    def best(self) -> Optional[float]:
        """The best figure so far; None before the first epoch."""
        best = self.engine_callback.best
        return None if math.isnan(best) else best

    @property
    def best_epoch(self) -> Optional[int]:
        """Its epoch."""
        return None if self.best is None else self.engine_callback.best_epoch

    @property
    def best_state(self) -> Optional[Dict[str, Any]]:
        """The state after it, for `compiled.restore()`; None before the first epoch."""
        state: Optional[Dict[str, Any]] = self.engine_callback.best_state()
        return state
