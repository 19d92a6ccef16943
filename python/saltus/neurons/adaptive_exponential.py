"""Adaptive exponential integrate-and-fire neuron."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value, require_count
from .neuron import Neuron


class AdaptiveExponential(Neuron):
    """Adaptive exponential integrate-and-fire neuron.

    .. code-block:: text

        c_m dv/dt = -g_l (v - v_rest) + g_l delta_t exp((min(v, v_spike) - v_thresh) / delta_t) - w + i
        tau_w dw/dt = a (v - v_rest) - w
        spike when v >= v_spike        reset: v = v_reset, w = w + b

    The upstroke is cut at v_spike, as the spike is.

    The input current i is in pA. While it is refractory v is held.

    Arguments that are left out take the network's default_params for this class. Numbers may be an
    array or an initializer with one value a neuron.

    Args:
        c_m: Membrane capacitance in pF.
        g_l: Leak conductance in nS.
        v_rest: Resting potential in mV.
        v_thresh: Voltage from which on the upstroke is fast in mV.
        delta_t: Sharpness of the upstroke in mV.
        v_spike: Membrane voltage at which the neuron spikes in mV.
        v_reset: Membrane voltage after a spike in mV.
        a: Coupling of the adaptation to the voltage in nS.
        b: What a spike adds to the adaptation in pA.
        tau_w: Time constant of the adaptation in ms.
        v: Membrane voltage at the start of an example in mV.
        w: Adaptation current at the start of an example in pA.
        tau_refrac: No spike for this long (ms) after a spike; None for no such time.
        solver: "exponential_euler", "euler" or "rk4".
        sub_steps: Into how many the solver divides a step.
        readout: Readout, its name, or None.

    Raises:
        ModelError: For what has to be positive and is not, or values that are not finite.

    References:
        R. Brette, W. Gerstner, Journal of Neurophysiology 94, 3637 (2005).

    Example:
        >>> with Network():
        ...     population = Population(AdaptiveExponential(), 20, name="cells")
        >>> population
        <Population cells: AdaptiveExponential, shape (20,)>
    """

    c_m = ValueAttribute()
    g_l = ValueAttribute()
    v_rest = ValueAttribute()
    v_thresh = ValueAttribute()
    delta_t = ValueAttribute()
    v_spike = ValueAttribute()
    v_reset = ValueAttribute()
    a = ValueAttribute()
    b = ValueAttribute()
    tau_w = ValueAttribute()
    v = ValueAttribute()
    w = ValueAttribute()
    tau_refrac = ValueAttribute(optional=True)

    @network_default_params
    def __init__(
        self,
        c_m: Any = 281.0,
        g_l: Any = 30.0,
        v_rest: Any = -70.6,
        v_thresh: Any = -50.4,
        delta_t: Any = 2.0,
        v_spike: Any = 20.0,
        v_reset: Any = -70.6,
        a: Any = 4.0,
        b: Any = 80.5,
        tau_w: Any = 144.0,
        v: Any = -70.6,
        w: Any = 0.0,
        tau_refrac: Any = None,
        solver: str = "rk4",
        sub_steps: int = 2,
        readout: Any = None,
    ) -> None:
        self.c_m = c_m
        self.g_l = g_l
        self.v_rest = v_rest
        self.v_thresh = v_thresh
        self.delta_t = delta_t
        self.v_spike = v_spike
        self.v_reset = v_reset
        self.a = a
        self.b = b
        self.tau_w = tau_w
        self.v = v
        self.w = w
        self.tau_refrac = tau_refrac
        self.solver = solver
        self.sub_steps = require_count(sub_steps, "AdaptiveExponential", "sub_steps", 1)
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        arguments = {
            name: engine_value(getattr(self, name))
            for name in (
                "c_m",
                "g_l",
                "v_rest",
                "v_thresh",
                "delta_t",
                "v_spike",
                "v_reset",
                "a",
                "b",
                "tau_w",
                "v",
                "w",
            )
        }
        if self.tau_refrac is not None:
            arguments["tau_refrac"] = engine_value(self.tau_refrac)
        return _saltus.adaptive_exponential(
            arguments, self.solver, self.sub_steps, self._readout_name()
        )
