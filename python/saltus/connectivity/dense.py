"""All neurons to all neurons."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._values import engine_value
from .connectivity import Connectivity, InitValue


class Dense(Connectivity):
    """Each source neuron to each target neuron.

    Args:
        weight: Number, array of shape (source size, target size), initializer or its name. An
            array gives populations without a shape theirs.
        delay: The same, in timesteps.

    Raises:
        ModelError: For values that are not finite or delays that are not whole numbers from 0 to
            2^20; when it is connected, for an array that does not fit the populations.

    Example:
        >>> with Network():
        ...     inputs = Population(SpikeInput())
        ...     hidden = Population(LeakyIntegrateFire())
        ...     connection = Connection(inputs, hidden, Dense(numpy.ones((3, 2))), Exponential(5.0))
        >>> inputs.shape, hidden.shape
        ((3,), (2,))
    """

    def __init__(self, weight: InitValue, delay: InitValue = 0) -> None:
        super().__init__(weight, delay)
        self._engine()

    def _make(self) -> Any:
        return _saltus.dense(engine_value(self.weight), engine_value(self.delay))
