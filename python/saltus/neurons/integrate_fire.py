"""Integrate-and-fire."""

from __future__ import annotations

from typing import Any

from .. import _saltus
from .._described import network_default_params
from .._values import ValueAttribute, engine_value
from .neuron import Neuron


class IntegrateFire(Neuron):
    """Integrate-and-fire neuron without leak: v <- v + i in a step, spike when v >= v_thresh,
    then v = v_reset.

    Arguments that are left out take the network's default_params for this class. All but the
    readout are a number, or an array or initializer with one value a neuron.

    Args:
        v_thresh: Membrane voltage at which the neuron spikes.
        v_reset: Membrane voltage after a spike.
        v: Membrane voltage at the start of an example.
        readout: Readout, its name, or None.

    Raises:
        ModelError: For values that are not finite.

    References:
        L. F. Abbott, Brain Research Bulletin 50, 303 (1999).

    Example:
        >>> with Network():
        ...     neuron = IntegrateFire(v_thresh=1.0, readout="spike_count")
        ...     population = Population(neuron, 10, name="output")
        >>> population
        <Population output: IntegrateFire, shape (10,), reads SpikeCount>
    """

    v_thresh = ValueAttribute()
    v_reset = ValueAttribute()
    v = ValueAttribute()

    @network_default_params
    def __init__(
        self, v_thresh: Any = 1.0, v_reset: Any = 0.0, v: Any = 0.0, readout: Any = None
    ) -> None:
        self.v_thresh = v_thresh
        self.v_reset = v_reset
        self.v = v
        self.readout = readout
        self._engine()

    def _make(self) -> Any:
        return _saltus.integrate_fire(
            engine_value(self.v_thresh),
            engine_value(self.v_reset),
            engine_value(self.v),
            self._readout_name(),
        )
