"""Losses: what training minimises, as a function of the readout of an example and its label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, get_object
from ._values import require_number

__all__ = ["Loss", "MeanSquareError", "RelativeMeanSquareError", "SparseCategoricalCrossentropy"]


class Loss(Described):
    """Base of all losses. They are given to a compiler that trains, or named there.

    Example:
        >>> EventPropCompiler(20, losses="sparse_categorical_crossentropy").losses
        SparseCategoricalCrossentropy(temperature=1.0)
    """


class MeanSquareError(Loss):
    """Mean over all elements of (readout - target)^2: for one example over the population. What is
    minimised is the mean over the batch.

    Targets are arrays of shape (examples,) + the population's shape. Where the readout is Var they
    may be of shape (examples, timesteps) + the population's shape: the output variable is then
    compared at the end of every timestep.

    Example:
        >>> EventPropCompiler(20, losses="mean_square_error").losses
        MeanSquareError()
    """

    def __init__(self) -> None:
        self._engine()

    def _make(self) -> Any:
        return _saltus.mean_square_error_loss()


class RelativeMeanSquareError(Loss):
    """How much later than that of the label y all other neurons have their first spike, against a
    distance in time: for one example 1/2 sum over k != y of (t_k - t_y - delta)^2, with the times t
    of first spikes in ms. A neuron without a spike counts as if it spiked at the end. What is
    minimised is the mean over the batch; mlGeNN's is the sum.

    For outputs whose readout is FirstSpikeTime, trained with EventProp.

    Args:
        delta: By how much the others are to spike later, in ms.

    Raises:
        ModelError: For a delta that is not a finite number.

    Example:
        >>> compiler = EventPropCompiler(20, losses=RelativeMeanSquareError(delta=5.0))
    """

    def __init__(self, delta: float) -> None:
        self.delta = require_number(delta, "RelativeMeanSquareError", "delta")
        self._engine()

    def _make(self) -> Any:
        return _saltus.relative_mean_square_error(self.delta)


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of class labels and the softmax of the readout y: for one example
    -log softmax(y / temperature)[label]. What is minimised is the mean over the batch.

    Args:
        temperature: Below 1 it sharpens the softmax of readouts whose values are small.

    Raises:
        ModelError: For a temperature that is not positive and finite.

    Example:
        >>> compiler = EventPropCompiler(20, losses=SparseCategoricalCrossentropy(temperature=0.33))
    """

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = require_number(
            temperature, "SparseCategoricalCrossentropy", "temperature"
        )
        self._engine()

    def _make(self) -> Any:
        return _saltus.sparse_categorical_crossentropy(self.temperature)


_BY_NAME = by_name(MeanSquareError, RelativeMeanSquareError, SparseCategoricalCrossentropy)


def get_loss(given: Any) -> Loss:
    """A loss from an object or a name."""
    return get_object(given, Loss, "Loss", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
