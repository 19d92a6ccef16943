"""Leaky integrate-and-fire with an adaptive threshold."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value
from .neuron import Neuron


class AdaptiveLeakyIntegrateFire(Neuron):
    """Leaky integrate-and-fire neuron whose threshold rises with its spikes.

    In a step v <- b v + s i with b = exp(-dt / tau_mem), and s = 1 - b when scale_i is true,
    otherwise 1, and a <- exp(-dt / tau_adapt) a; a spike when v >= v_thresh + beta a; then
    v = v - (v_thresh - v_reset) when relative_reset is true, otherwise v = v_reset, and a = a + 1.

    Arguments that are left out take the network's default_params for this class. Numbers may be an
    array or an initializer with one value a neuron.

    Args:
        v_thresh: Threshold of a neuron that has not spiked.
        v_reset: Membrane voltage after a spike.
        v: Membrane voltage at the start of an example.
        a: Adaptation at the start of an example.
        beta: What a spike adds to the threshold.
        tau_mem: Membrane time constant in ms.
        tau_refrac: No spike for this long (ms) after a spike; None for no such time.
        tau_adapt: Time constant of the adaptation in ms.
        relative_reset: Whether the reset subtracts rather than sets.
        integrate_during_refrac: Whether the voltage goes on evolving during tau_refrac; the
            adaptation does.
        readout: Readout, its name, or None.
        scale_i: Whether the input is scaled so that a constant one is approached.

    Raises:
        ModelError: For a time constant that is not positive, or values that are not finite.

    References:
        G. Bellec, D. Salaj, A. Subramoney, R. Legenstein, W. Maass, NeurIPS 31 (2018).

    Example:
        >>> with Network():
        ...     neuron = AdaptiveLeakyIntegrateFire(beta=0.1, tau_adapt=200.0)
        ...     population = Population(neuron, 128, name="hidden")
        >>> population
        <Population hidden: AdaptiveLeakyIntegrateFire, shape (128,)>
    """

    v_thresh = ValueAttribute()
    v_reset = ValueAttribute()
    v = ValueAttribute()
    a = ValueAttribute()
    beta = ValueAttribute()
    tau_mem = ValueAttribute()
    tau_refrac = ValueAttribute(optional=True)
    tau_adapt = ValueAttribute()

    @network_default_params
    def __init__(
        self,
        v_thresh: Any = 1.0,
        v_reset: Any = 0.0,
        v: Any = 0.0,
        a: Any = 0.0,
        beta: Any = 0.0174,
        tau_mem: Any = 20.0,
        tau_refrac: Any = None,
        tau_adapt: Any = 2000.0,
        relative_reset: bool = True,
        integrate_during_refrac: bool = True,
        readout: Any = None,
        scale_i: bool = False,
    ) -> None:
        self.v_thresh = v_thresh
        self.v_reset = v_reset
        self.v = v
        self.a = a
        self.beta = beta
        self.tau_mem = tau_mem
        self.tau_refrac = tau_refrac
        self.tau_adapt = tau_adapt
        self.relative_reset = bool(relative_reset)
        self.integrate_during_refrac = bool(integrate_during_refrac)
        self.readout = readout
        self.scale_i = bool(scale_i)
        self._engine()

    def _make(self) -> Any:
        return _saltus.adaptive_leaky_integrate_fire(
            engine_value(self.v_thresh),
            engine_value(self.v_reset),
            engine_value(self.v),
            engine_value(self.a),
            engine_value(self.beta),
            engine_value(self.tau_mem),
            None if self.tau_refrac is None else engine_value(self.tau_refrac),
            engine_value(self.tau_adapt),
            self.relative_reset,
            self.integrate_during_refrac,
            self.scale_i,
            self._readout_name(),
        )
