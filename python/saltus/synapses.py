"""Synapses: how a spike that arrives becomes an input current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, get_object, network_default_params
from ._values import ValueAttribute, engine_value

__all__ = ["Delta", "Exponential", "Synapse"]


class Synapse(Described):
    """Base of all synapses. They are given to a connection, or named there.

    Example:
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire(), 10)
        ...     connection = Connection(first, second, Dense(1.0), synapse="delta")
        >>> connection.synapse
        Delta()
    """


class Delta(Synapse):
    """Impulse: the weight is the input current of the one step in which the spike arrives.

    Example:
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire(), 10)
        ...     connection = Connection(first, second, Dense(1.0), Delta())
        >>> connection.synapse
        Delta()
    """

    def _make(self) -> Any:
        return _saltus.delta()


class Exponential(Synapse):
    """Exponentially decaying current: dg/dt = -g / tau, and g jumps by the weight when a spike
    arrives.

    Arguments that are left out take the network's default_params for this class.

    Args:
        tau: Time constant in ms: number, or array or initializer with one a target neuron.
        scale_i: Whether the neuron receives the mean of the current over a step,
            (tau / dt) (1 - exp(-dt / tau)) g, rather than its value at the step's start.

    Raises:
        ModelError: For a time constant that is not positive and finite.

    References:
        W. Gerstner, W. M. Kistler, R. Naud, L. Paninski, Neuronal Dynamics, Cambridge (2014).

    Example:
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire(), 10)
        ...     connection = Connection(first, second, Dense(1.0), Exponential(5.0))
        >>> connection.synapse
        Exponential(tau=5.0, scale_i=False)
    """

    tau = ValueAttribute()

    @network_default_params
    def __init__(self, tau: Any = 5.0, scale_i: bool = False) -> None:
        self.tau = tau
        self.scale_i = bool(scale_i)
        self._engine()

    def _make(self) -> Any:
        return _saltus.exponential(engine_value(self.tau), self.scale_i)


_BY_NAME = by_name(Delta, Exponential)


def get_synapse(given: Any) -> Synapse:
    """A synapse from an object or a name."""
    return get_object(given, Synapse, "Synapse", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
