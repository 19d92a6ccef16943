"""Izhikevich's neuron."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value, require_count
from .neuron import Neuron


class Izhikevich(Neuron):
    """Izhikevich's neuron.

    .. code-block:: text

        dv/dt = 0.04 v^2 + 5 v + 140 - u + i        du/dt = a (b v - u)
        spike when v >= v_thresh        reset: v = c, u = u + d

    The input current i is in mV / ms. While it is refractory v is held.

    Arguments that are left out take the network's default_params for this class. Numbers may be an
    array or an initializer with one value a neuron.

    Args:
        a: Rate of the recovery in 1 / ms.
        b: Coupling of the recovery to the voltage in 1 / ms.
        c: Membrane voltage after a spike in mV.
        d: What a spike adds to the recovery in mV / ms.
        v_thresh: Membrane voltage at which the neuron spikes in mV.
        v: Membrane voltage at the start of an example in mV.
        u: Recovery at the start of an example in mV / ms.
        tau_refrac: No spike for this long (ms) after a spike; None for no such time.
        solver: "exponential_euler", "euler" or "rk4".
        sub_steps: Into how many the solver divides a step.
        readout: Readout, its name, or None.

    Raises:
        ModelError: For what has to be positive and is not, or values that are not finite.

    References:
        E. M. Izhikevich, IEEE Transactions on Neural Networks 14, 1569 (2003).

    Example:
        >>> with Network():
        ...     population = Population(Izhikevich(), 20, name="cells")
        >>> population
        <Population cells: Izhikevich, shape (20,)>
    """

    a = ValueAttribute()
    b = ValueAttribute()
    c = ValueAttribute()
    d = ValueAttribute()
    v_thresh = ValueAttribute()
    v = ValueAttribute()
    u = ValueAttribute()
    tau_refrac = ValueAttribute(optional=True)

    @network_default_params
    def __init__(
        self,
        a: Any = 0.02,
        b: Any = 0.2,
        c: Any = -65.0,
        d: Any = 8.0,
        v_thresh: Any = 30.0,
        v: Any = -65.0,
        u: Any = -13.0,
        tau_refrac: Any = None,
        solver: str = "euler",
        sub_steps: int = 2,
        readout: Any = None,
    ) -> None:
        self.a = a
        self.b = b
        self.c = c
        self.d = d
        self.v_thresh = v_thresh
        self.v = v
        self.u = u
        self.tau_refrac = tau_refrac
        self.solver = solver
        self.sub_steps = require_count(sub_steps, "Izhikevich", "sub_steps", 1)
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        arguments = {
            name: engine_value(getattr(self, name))
            for name in (
                "a",
                "b",
                "c",
                "d",
                "v_thresh",
                "v",
                "u",
            )
        }
        if self.tau_refrac is not None:
            arguments["tau_refrac"] = engine_value(self.tau_refrac)
        return _saltus.izhikevich(arguments, self.solver, self.sub_steps, self._readout_name())
