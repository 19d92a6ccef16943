"""Neurons that take data: spikes, or values that make them spike."""

from __future__ import annotations

from typing import Any, Tuple

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value, require_count
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


class ValueInput(Input):
    """Base of inputs that take values from the data.

    Attributes:
        input_frames: Frames of an example.
        input_frame_timesteps: Timesteps for which each of them holds.

    Example:
        >>> isinstance(PoissonInput(), ValueInput)
        True
    """

    input_frames: int
    input_frame_timesteps: int

    def _set_frames(self, input_frames: Any, input_frame_timesteps: Any) -> None:
        name = type(self).__name__
        self.input_frames = require_count(input_frames, name, "input_frames", 1)
        self.input_frame_timesteps = require_count(
            input_frame_timesteps, name, "input_frame_timesteps", 1
        )

    def _frames(self) -> Tuple[int, int]:
        return (self.input_frames, self.input_frame_timesteps)


class BinarySpikeInput(ValueInput):
    """Spikes in every step while its value in the data is positive. The data has shape (examples,)
    + the population's shape; with several frames (examples, frames) + the population's shape.

    Args:
        signed_spikes: Whether negative values make negative spikes, each of which delivers minus
            the weight. Recorders show only the spikes of positive values.
        input_frames: Frames of an example, each with its own values.
        input_frame_timesteps: Timesteps for which each frame holds; the last one holds until the
            end.

    Raises:
        ModelError: For numbers that are not positive.

    Example:
        >>> with Network():
        ...     population = Population(BinarySpikeInput(), (28, 28, 1), name="image")
        >>> population
        <Population image: BinarySpikeInput, shape (28, 28, 1)>
    """

    def __init__(
        self,
        signed_spikes: bool = False,
        input_frames: int = 1,
        input_frame_timesteps: int = 1,
    ) -> None:
        self.signed_spikes = bool(signed_spikes)
        self._set_frames(input_frames, input_frame_timesteps)
        self._engine()

    def _make(self) -> Any:
        return _saltus.binary_spike_input(self.signed_spikes, *self._frames())


class PoissonInput(ValueInput):
    """Spikes at random with its value in the data as rate (spikes per ms): in each step with
    probability 1 - exp(-value dt); never for values that are not positive. The data has shape
    (examples,) + the population's shape; with several frames (examples, frames) + the population's
    shape.

    Args:
        signed_spikes: Whether negative values make negative spikes of the rate -value, each of
            which delivers minus the weight. Recorders show only the spikes of positive values.
        input_frames: Frames of an example, each with its own rates.
        input_frame_timesteps: Timesteps for which each frame holds; the last one holds until the
            end.

    Raises:
        ModelError: For numbers that are not positive.

    Example:
        >>> with Network():
        ...     population = Population(PoissonInput(), (28, 28, 1), name="image")
        >>> population
        <Population image: PoissonInput, shape (28, 28, 1)>
    """

    def __init__(
        self,
        signed_spikes: bool = False,
        input_frames: int = 1,
        input_frame_timesteps: int = 1,
    ) -> None:
        self.signed_spikes = bool(signed_spikes)
        self._set_frames(input_frames, input_frame_timesteps)
        self._engine()

    def _make(self) -> Any:
        return _saltus.poisson_input(self.signed_spikes, *self._frames())


class IntegrateFireInput(ValueInput):
    """Integrate-and-fire neuron whose input current is its value in the data: in every step
    v <- v + value; a spike when v >= v_thresh; then v = v_reset. Nothing can be connected to it.

    v_thresh, v_reset and v are a number, or an array or initializer with one value a neuron. The
    data has shape (examples,) + the population's shape; with several frames (examples, frames) +
    the population's shape.

    Args:
        v_thresh: Membrane voltage at which the neuron spikes.
        v_reset: Membrane voltage after a spike.
        v: Membrane voltage at the start of an example.
        input_frames: Frames of an example, each with its own values.
        input_frame_timesteps: Timesteps for which each frame holds; the last one holds until the
            end.

    Raises:
        ModelError: For values that are not finite, or numbers of frames or timesteps that are not
            positive.

    Example:
        >>> with Network():
        ...     population = Population(IntegrateFireInput(v_thresh=5.0), (28, 28, 1), name="image")
        >>> population
        <Population image: IntegrateFireInput, shape (28, 28, 1)>
    """

    v_thresh = ValueAttribute()
    v_reset = ValueAttribute()
    v = ValueAttribute()

    @network_default_params
    def __init__(
        self,
        v_thresh: Any = 1.0,
        v_reset: Any = 0.0,
        v: Any = 0.0,
        input_frames: int = 1,
        input_frame_timesteps: int = 1,
    ) -> None:
        self.v_thresh = v_thresh
        self.v_reset = v_reset
        self.v = v
        self._set_frames(input_frames, input_frame_timesteps)
        self._engine()

    def _make(self) -> Any:
        return _saltus.integrate_fire_input(
            engine_value(self.v_thresh),
            engine_value(self.v_reset),
            engine_value(self.v),
            *self._frames(),
            self._readout_name(),
        )


class LeakyIntegrateFireInput(ValueInput):
    """Leaky integrate-and-fire neuron whose input current is its value in the data: in a step
    v <- a v + s value with a = exp(-dt / tau_mem), and s = 1 - a when scale_i is true, otherwise 1;
    spikes and resets are those of LeakyIntegrateFire. Nothing can be connected to it.

    Arguments that are left out take the network's default_params for this class. v_thresh, v_reset,
    v, tau_mem and tau_refrac are a number, or an array or initializer with one value a neuron. The
    data has shape (examples,) + the population's shape; with several frames (examples, frames) +
    the population's shape.

    Args:
        v_thresh: Membrane voltage at which the neuron spikes.
        v_reset: Membrane voltage after a spike.
        v: Membrane voltage at the start of an example.
        tau_mem: Membrane time constant in ms.
        tau_refrac: No spike for this long (ms) after a spike; None for no such time.
        relative_reset: Whether the reset subtracts rather than sets.
        integrate_during_refrac: Whether the voltage goes on evolving during tau_refrac.
        scale_i: Whether the input is scaled so that a constant one is approached.
        input_frames: Frames of an example, each with its own values.
        input_frame_timesteps: Timesteps for which each frame holds; the last one holds until the
            end.

    Raises:
        ModelError: For a time constant that is not positive, values that are not finite, or numbers
            of frames or timesteps that are not positive.

    Example:
        >>> with Network():
        ...     neuron = LeakyIntegrateFireInput(tau_mem=10.0, input_frames=4)
        ...     population = Population(neuron, 700, name="sound")
        >>> population
        <Population sound: LeakyIntegrateFireInput, shape (700,)>
    """

    v_thresh = ValueAttribute()
    v_reset = ValueAttribute()
    v = ValueAttribute()
    tau_mem = ValueAttribute()
    tau_refrac = ValueAttribute(optional=True)

    @network_default_params
    def __init__(
        self,
        v_thresh: Any = 1.0,
        v_reset: Any = 0.0,
        v: Any = 0.0,
        tau_mem: Any = 20.0,
        tau_refrac: Any = None,
        relative_reset: bool = True,
        integrate_during_refrac: bool = True,
        scale_i: bool = False,
        input_frames: int = 1,
        input_frame_timesteps: int = 1,
    ) -> None:
        self.v_thresh = v_thresh
        self.v_reset = v_reset
        self.v = v
        self.tau_mem = tau_mem
        self.tau_refrac = tau_refrac
        self.relative_reset = bool(relative_reset)
        self.integrate_during_refrac = bool(integrate_during_refrac)
        self.scale_i = bool(scale_i)
        self._set_frames(input_frames, input_frame_timesteps)
        self._engine()

    def _make(self) -> Any:
        return _saltus.leaky_integrate_fire_input(
            engine_value(self.v_thresh),
            engine_value(self.v_reset),
            engine_value(self.v),
            engine_value(self.tau_mem),
            None if self.tau_refrac is None else engine_value(self.tau_refrac),
            self.relative_reset,
            self.integrate_during_refrac,
            self.scale_i,
            *self._frames(),
            self._readout_name(),
        )
