"""Leaky integrate-and-fire."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value
from .neuron import Neuron


class LeakyIntegrateFire(Neuron):
    """Leaky integrate-and-fire neuron.

    In a step v <- a v + s i with a = exp(-dt / tau_mem), and s = 1 - a when scale_i is true,
    otherwise 1; a spike when v >= v_thresh; then v = v - (v_thresh - v_reset) when relative_reset
    is true, otherwise v = v_reset.

    Arguments that are left out take the network's default_params for this class. v_thresh, v_reset,
    v, tau_mem and tau_refrac are a number, or an array or initializer with one value a neuron.

    Args:
        v_thresh: Membrane voltage at which the neuron spikes.
        v_reset: Membrane voltage after a spike.
        v: Membrane voltage at the start of an example.
        tau_mem: Membrane time constant in ms.
        tau_refrac: No spike for this long (ms) after a spike; None for no such time.
        relative_reset: Whether the reset subtracts rather than sets.
        integrate_during_refrac: Whether the voltage goes on evolving during tau_refrac.
        scale_i: Whether the input is scaled so that a constant one is approached.
        readout: Readout, its name, or None.

    Raises:
        ModelError: For a time constant that is not positive, or values that are not finite.

    References:
        L. Lapicque, J. Physiol. Pathol. Gen. 9, 620 (1907).

    Example:
        >>> with Network():
        ...     neuron = LeakyIntegrateFire(v_thresh=1.0, tau_mem=20.0)
        ...     population = Population(neuron, 128, name="hidden")
        >>> population
        <Population hidden: LeakyIntegrateFire, shape (128,)>
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
        readout: Any = None,
    ) -> None:
        self.v_thresh = v_thresh
        self.v_reset = v_reset
        self.v = v
        self.tau_mem = tau_mem
        self.tau_refrac = tau_refrac
        self.relative_reset = bool(relative_reset)
        self.integrate_during_refrac = bool(integrate_during_refrac)
        self.scale_i = bool(scale_i)
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        return _saltus.leaky_integrate_fire(
            engine_value(self.v_thresh),
            engine_value(self.v_reset),
            engine_value(self.v),
            engine_value(self.tau_mem),
            None if self.tau_refrac is None else engine_value(self.tau_refrac),
            self.relative_reset,
            self.integrate_during_refrac,
            self.scale_i,
            self._readout_name(),
        )
