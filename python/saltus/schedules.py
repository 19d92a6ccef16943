"""Schedules: how the learning rate changes while a network is trained."""

from __future__ import annotations

from typing import Any, Dict, Optional, Union

from . import _saltus
from ._described import Described, by_name, get_object
from ._values import require_count, require_number, require_text

__all__ = [
    "CosineSchedule",
    "ExponentialSchedule",
    "Plateau",
    "Schedule",
    "StepSchedule",
    "WarmUp",
]


class Schedule(Described):
    """Base of all schedules: the factor of the optimiser's learning rate in each update. They are
    given to train(). None has a memory: training that goes on from a checkpoint has the same
    learning rates.

    Example:
        >>> metrics, _ = compiled.train(
        ...     {inputs: x}, {output: y}, 6, schedule=StepSchedule(epochs=2, factor=0.5)
        ... )
    """

    def factor_at(
        self,
        epoch: int,
        num_epochs: int,
        batch: int = 0,
        num_batches: int = 1,
        history: Optional[Dict[int, Dict[str, float]]] = None,
    ) -> float:
        """The factor before an update.

        Args:
            epoch: Number of the epoch, from 0.
            num_epochs: Of how many.
            batch: Batches of it that are done.
            num_batches: Of how many.
            history: Figures of finished epochs, such as {0: {"loss": 0.7}}.

        Returns:
            The factor of the learning rate.

        Example:
            >>> CosineSchedule().factor_at(epoch=5, num_epochs=10)
            0.5...
        """
        made: _saltus.Schedule = self._engine()
        return float(made.factor(epoch, num_epochs, batch, num_batches, history or {}))


class StepSchedule(Schedule):
    """Falls by a factor after every so many epochs.

    Args:
        epochs: Epochs between two steps, at least 1.
        factor: The factor at each step, positive.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> StepSchedule(10).factor_at(epoch=25, num_epochs=30)
        0.01...
    """

    def __init__(self, epochs: int, factor: float = 0.1) -> None:
        self.epochs = require_count(epochs, "StepSchedule", "epochs", 1)
        self.factor = require_number(factor, "StepSchedule", "factor")
        self._engine()

    def _make(self) -> Any:
        return _saltus.step_schedule(self.epochs, self.factor)


class ExponentialSchedule(Schedule):
    """Falls by a factor an epoch, a little with every batch.

    Args:
        factor: The factor of an epoch, positive.

    Raises:
        ModelError: For an argument out of its range.

    Example:
        >>> ExponentialSchedule(0.5).factor_at(epoch=3, num_epochs=10)
        0.125
    """

    def __init__(self, factor: float) -> None:
        self.factor = require_number(factor, "ExponentialSchedule", "factor")
        self._engine()

    def _make(self) -> Any:
        return _saltus.exponential_schedule(self.factor)


class CosineSchedule(Schedule):
    """Falls from 1 along half a cosine over all of training.

    Args:
        last: What it falls to, not negative.

    Raises:
        ModelError: For an argument out of its range.

    References:
        I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017.

    Example:
        >>> CosineSchedule(last=0.1).factor_at(epoch=0, num_epochs=10)
        1.0
    """

    def __init__(self, last: float = 0.0) -> None:
        self.last = require_number(last, "CosineSchedule", "last")
        self._engine()

    def _make(self) -> Any:
        return _saltus.cosine_schedule(self.last)


class WarmUp(Schedule):
    """Rises linearly with every batch, up to 1 in the last of the first epochs; then another
    schedule begins, for which those epochs do not count.

    Args:
        epochs: Epochs of the rise, at least 1.
        then: The schedule that follows, or its name; constant when None.
        first: What it rises from, not negative: the factor that a batch before the first would
            have.

    Raises:
        ModelError: For arguments out of their range.

    References:
        P. Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, 2017.

    Example:
        >>> WarmUp(2, CosineSchedule()).factor_at(epoch=1, num_epochs=20, batch=0, num_batches=10)
        0.55
    """

    def __init__(
        self, epochs: int, then: Union[Schedule, str, None] = None, first: float = 0.0
    ) -> None:
        self.epochs = require_count(epochs, "WarmUp", "epochs", 1)
        self.then = None if then is None else get_schedule(then)
        self.first = require_number(first, "WarmUp", "first")
        self._engine()

    def _make(self) -> Any:
        then = None if self.then is None else self.then._engine()
        return _saltus.warm_up(self.epochs, then, self.first)


class Plateau(Schedule):
    """Falls by a factor whenever a figure has not become better for some epochs. Losses and errors
    are better when they are smaller, all others when they are larger.

    Args:
        figure: A name in `metrics.history`, such as "loss" or "validation_accuracy".
        factor: The factor of each fall, positive.
        patience: Epochs without improvement after which it falls, at least 1.
        min_delta: What counts as an improvement must be greater.
        lowest: The least that it falls to, not negative.

    Raises:
        ModelError: For arguments out of their range, and while training when no epoch had such a
            figure.

    Example:
        >>> history = {0: {"loss": 1.0}, 1: {"loss": 1.2}, 2: {"loss": 1.1}}
        >>> Plateau("loss", factor=0.5, patience=2).factor_at(3, 10, history=history)
        0.5
    """

    def __init__(
        self,
        figure: str = "validation_loss",
        factor: float = 0.1,
        patience: int = 10,
        min_delta: float = 0.0,
        lowest: float = 0.0,
    ) -> None:
        self.figure = require_text(figure, "Plateau", "figure")
        self.factor = require_number(factor, "Plateau", "factor")
        self.patience = require_count(patience, "Plateau", "patience", 1)
        self.min_delta = require_number(min_delta, "Plateau", "min_delta")
        self.lowest = require_number(lowest, "Plateau", "lowest")
        self._engine()

    def _make(self) -> Any:
        return _saltus.plateau(self.figure, self.factor, self.patience, self.min_delta, self.lowest)


_BY_NAME = {"cosine": CosineSchedule, **by_name(CosineSchedule, Plateau)}


def get_schedule(given: Any) -> Schedule:
    """A schedule from an object or a name."""
    return get_object(given, Schedule, "Schedule", _BY_NAME)
