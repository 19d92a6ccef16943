"""Leaky integrator."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value
from .neuron import Neuron


class LeakyIntegrate(Neuron):
    """Leaky integrator, a neuron that never spikes: the usual output.

    In a step v <- a v + s i + bias with a = exp(-dt / tau_mem), and s = 1 - a when scale_i is true,
    otherwise 1.

    Arguments that are left out take the network's default_params for this class. v, bias and
    tau_mem are a number, or an array or initializer with one value a neuron.

    Args:
        v: Membrane voltage at the start of an example.
        bias: Added to the voltage in every step.
        tau_mem: Membrane time constant in ms.
        scale_i: Whether the input is scaled so that a constant one is approached.
        readout: Readout, its name, or None.

    Raises:
        ModelError: For a time constant that is not positive, or values that are not finite.

    References:
        W. Gerstner, W. M. Kistler, R. Naud, L. Paninski, Neuronal Dynamics, Cambridge (2014).

    Example:
        >>> with Network():
        ...     neuron = LeakyIntegrate(tau_mem=20.0, readout="avg_var")
        ...     population = Population(neuron, 10, name="output")
        >>> population
        <Population output: LeakyIntegrate, shape (10,), reads AvgVar>
    """

    v = ValueAttribute()
    bias = ValueAttribute()
    tau_mem = ValueAttribute()

    @network_default_params
    def __init__(
        self,
        v: Any = 0.0,
        bias: Any = 0.0,
        tau_mem: Any = 20.0,
        scale_i: bool = False,
        readout: Any = None,
    ) -> None:
        self.v = v
        self.bias = bias
        self.tau_mem = tau_mem
        self.scale_i = bool(scale_i)
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        return _saltus.leaky_integrate(
            engine_value(self.v),
            engine_value(self.bias),
            engine_value(self.tau_mem),
            self.scale_i,
            self._readout_name(),
        )
