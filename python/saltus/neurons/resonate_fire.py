"""Resonate-and-fire neuron: a damped oscillation that spikes when it swings far enough."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value
from .neuron import Neuron


class ResonateFire(Neuron):
    """Resonate-and-fire neuron: a damped oscillation that spikes when it swings far enough.

    .. code-block:: text

        dx/dt = -x / tau_mem - omega y + i        dy/dt = omega x - y / tau_mem
        spike when y >= v_thresh        reset: x = x_reset, y = y_reset

    Steps are solved exactly. Input in phase with the oscillation adds up, other input does not.

    The input current i is in 1 / ms. While it is refractory x and y are held.

    Arguments that are left out take the network's default_params for this class. Numbers may be an
    array or an initializer with one value a neuron.

    Args:
        v_thresh: Swing at which the neuron spikes.
        x_reset: X after a spike.
        y_reset: Y after a spike.
        omega: Angular frequency in 1 / ms.
        tau_mem: Time constant of the damping in ms.
        x: X at the start of an example.
        y: Y at the start of an example.
        tau_refrac: No spike for this long (ms) after a spike; None for no such time.
        readout: Readout, its name, or None.

    Raises:
        ModelError: For what has to be positive and is not, or values that are not finite.

    References:
        E. M. Izhikevich, Neural Networks 14, 883 (2001).

    Example:
        >>> with Network():
        ...     population = Population(ResonateFire(), 20, name="cells")
        >>> population
        <Population cells: ResonateFire, shape (20,)>
    """

    v_thresh = ValueAttribute()
    x_reset = ValueAttribute()
    y_reset = ValueAttribute()
    omega = ValueAttribute()
    tau_mem = ValueAttribute()
    x = ValueAttribute()
    y = ValueAttribute()
    tau_refrac = ValueAttribute(optional=True)

    @network_default_params
    def __init__(
        self,
        v_thresh: Any = 1.0,
        x_reset: Any = 0.0,
        y_reset: Any = 0.0,
        omega: Any = 0.5,
        tau_mem: Any = 20.0,
        x: Any = 0.0,
        y: Any = 0.0,
        tau_refrac: Any = None,
        readout: Any = None,
    ) -> None:
        self.v_thresh = v_thresh
        self.x_reset = x_reset
        self.y_reset = y_reset
        self.omega = omega
        self.tau_mem = tau_mem
        self.x = x
        self.y = y
        self.tau_refrac = tau_refrac
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        arguments = {
            name: engine_value(getattr(self, name))
            for name in (
                "v_thresh",
                "x_reset",
                "y_reset",
                "omega",
                "tau_mem",
                "x",
                "y",
            )
        }
        if self.tau_refrac is not None:
            arguments["tau_refrac"] = engine_value(self.tau_refrac)
        return _saltus.resonate_fire(arguments, self._readout_name())
