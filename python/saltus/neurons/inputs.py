"""Neurons whose spikes come from the data."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._values import require_count
from ..errors import UnsupportedError
from .neuron import Input


class SpikeInput(Input):
    """Spikes that stand in the data: a list of PreprocessedSpikes, one an example.

    A spike that falls between two steps acts from the next one on; several spikes of a neuron
    in one step all count.

    Args:
        max_spikes: Not needed: storage grows with the spikes, and none is lost.

    Raises:
        ModelError: For a number that is not positive.

    Example:
        >>> with Network():
        ...     population = Population(SpikeInput(), 784, name="image")
        >>> population
        <Population image: SpikeInput, shape (784,)>
    """

    def __init__(self, max_spikes: int = 1000000) -> None:
        self.max_spikes = require_count(max_spikes, "SpikeInput", "max_spikes", 1)
        self._engine()

    def _make(self) -> Any:
        return _saltus.spike_input(self.max_spikes)


class _ValueInput(Input):
    """What inputs that are driven by values have in common."""

    def __init__(
        self,
        signed_spikes: bool = False,
        input_frames: int = 1,
        input_frame_timesteps: int = 1,
    ) -> None:
        name = type(self).__name__
        for argument, value, only in (
            ("signed_spikes", signed_spikes, False),
            ("input_frames", input_frames, 1),
            ("input_frame_timesteps", input_frame_timesteps, 1),
        ):
            if value != only:
                raise UnsupportedError(
                    name, f"{argument} is {value!r}", f"leave it at {only!r}: others come later"
                )
            setattr(self, argument, only)
        self._engine()


class BinarySpikeInput(_ValueInput):
    """Spikes in every step while its value in the data is positive. The data has shape (examples,)
    + the population's shape.

    Args:
        signed_spikes: Only False.
        input_frames: Only 1: the same value in all steps.
        input_frame_timesteps: Only 1.

    Raises:
        UnsupportedError: For other arguments.

    Example:
        >>> with Network():
        ...     population = Population(BinarySpikeInput(), (28, 28, 1), name="image")
        >>> population
        <Population image: BinarySpikeInput, shape (28, 28, 1)>
    """

    def _make(self) -> Any:
        return _saltus.binary_spike_input()


class PoissonInput(_ValueInput):
    """Spikes at random with its value in the data as rate (spikes per ms): in each step with
    probability 1 - exp(-value dt); never for values that are not positive. The data has shape
    (examples,) + the population's shape.

    Args:
        signed_spikes: Only False.
        input_frames: Only 1: the same rate in all steps.
        input_frame_timesteps: Only 1.

    Raises:
        UnsupportedError: For other arguments.

    Example:
        >>> with Network():
        ...     population = Population(PoissonInput(), (28, 28, 1), name="image")
        >>> population
        <Population image: PoissonInput, shape (28, 28, 1)>
    """

    def _make(self) -> Any:
        return _saltus.poisson_input()
