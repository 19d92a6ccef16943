"""Synapses: how a spike that arrives becomes an input current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence

from . import _saltus
from ._absent import absent
from ._described import Described, by_name, get_object, network_default_params
from ._values import ValueAttribute, engine_value, to_value

__all__ = ["Alpha", "Delta", "DualExponential", "Exponential", "Synapse", "UserSynapse"]


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


class Alpha(Synapse):
    """Current that rises and decays with one time constant, the alpha function: dx/dt = -x / tau and
    dg/dt = (e x - g) / tau, where x jumps by the weight when a spike arrives. The current g of one
    spike reaches the weight after tau.

    Arguments that are left out take the network's default_params for this class.

    Args:
        tau: Time from arrival to the maximum in ms: number, or array or initializer with one a
            target neuron.
        scale_i: Whether the neuron receives the mean of the current over a step, rather than its
            value at the step's start.

    Raises:
        ModelError: For a time constant that is not positive and finite.

    References:
        W. Rall, Journal of Neurophysiology 30, 1138 (1967).

    Example:
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire(), 10)
        ...     connection = Connection(first, second, Dense(1.0), Alpha(3.0))
        >>> connection.synapse
        Alpha(tau=3.0, scale_i=False)
    """

    tau = ValueAttribute()

    @network_default_params
    def __init__(self, tau: Any = 5.0, scale_i: bool = False) -> None:
        self.tau = tau
        self.scale_i = bool(scale_i)
        self._engine()

    def _make(self) -> Any:
        return _saltus.alpha(engine_value(self.tau), self.scale_i)


class DualExponential(Synapse):
    """Current that rises with one time constant and decays with another: dx/dt = -x / tau_rise and
    dg/dt = k x - g / tau_decay, where x jumps by the weight when a spike arrives, with k such that
    the current g of one spike reaches the weight.

    Arguments that are left out take the network's default_params for this class.

    Args:
        tau_rise: Time constant of the rise in ms: number, or array or initializer with one a target
            neuron.
        tau_decay: Time constant of the decay in ms, likewise.
        scale_i: Whether the neuron receives the mean of the current over a step, rather than its
            value at the step's start.

    Raises:
        ModelError: For a time constant that is not positive and finite.

    References:
        A. Destexhe, Z. F. Mainen, T. J. Sejnowski, in Methods in Neuronal Modeling, MIT Press (1998).

    Example:
        >>> DualExponential(tau_rise=0.5, tau_decay=2.0)
        DualExponential(tau_rise=0.5, tau_decay=2.0, scale_i=False)
    """

    tau_rise = ValueAttribute()
    tau_decay = ValueAttribute()

    @network_default_params
    def __init__(self, tau_rise: Any = 1.0, tau_decay: Any = 5.0, scale_i: bool = False) -> None:
        self.tau_rise = tau_rise
        self.tau_decay = tau_decay
        self.scale_i = bool(scale_i)
        self._engine()

    def _make(self) -> Any:
        return _saltus.dual_exponential(
            engine_value(self.tau_rise), engine_value(self.tau_decay), self.scale_i
        )


class UserSynapse(Synapse):
    """A synapse that is written as linear equations. One state jumps by the weight when a spike
    arrives, and one, the same or one that follows it, is the current that the neuron receives. They
    begin at 0 and have to decay to it.

    Args:
        equations: One derivative a state, such as "dg/dt = -g / tau".
        parameters: Values by name: a number, or an array or initializer with one a target neuron,
            or a pair of such and a unit, for instance (5.0, "ms"): times in ms have to be positive.
        derived: Constants by name as expressions of the parameters and dt (ms).
        arrival: The state that jumps; that of the first equation when None.
        current: The state that is the current; that of the last equation when None.
        gain: What the current is multiplied with, as an expression of the parameters and dt.
        scale_i: Whether the neuron receives the mean of the current over a step instead.

    Raises:
        ModelError: For an equation that cannot be read; what is wrong otherwise is found when the
            network is compiled.

    Example:
        >>> slow = UserSynapse(
        ...     ["df/dt = -f / tau_fast", "ds/dt = (f - s) / tau_slow"],
        ...     {"tau_fast": (2.0, "ms"), "tau_slow": (50.0, "ms")},
        ... )
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire(), 10)
        ...     connection = Connection(first, second, Dense(1.0), slow)
    """

    def __init__(
        self,
        equations: Sequence[str],
        parameters: Optional[Dict[str, Any]] = None,
        derived: Optional[Dict[str, str]] = None,
        arrival: Optional[str] = None,
        current: Optional[str] = None,
        gain: str = "1",
        scale_i: bool = False,
    ) -> None:
        self.equations = list(equations)
        self.units: Dict[str, str] = {}
        self.parameters: Dict[str, Any] = {}
        for key, value in (parameters or {}).items():
            if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
                value, self.units[key] = value
            self.parameters[key] = to_value(value, type(self).__name__, key)
        self.derived = dict(derived or {})
        self.arrival = arrival
        self.current = current
        self.gain = gain
        self.scale_i = bool(scale_i)
        self._engine()

    def _make(self) -> Any:
        return _saltus.user_synapse(
            parameters=[
                (key, engine_value(value), self.units.get(key, ""))
                for key, value in self.parameters.items()
            ],
            derived=list(self.derived.items()),
            equations=self.equations,
            arrival=self.arrival or "",
            current=self.current or "",
            gain=self.gain,
            scale_i=self.scale_i,
        )


_BY_NAME = by_name(Alpha, Delta, DualExponential, Exponential)


def get_synapse(given: Any) -> Synapse:
    """A synapse from an object or a name."""
    return get_object(given, Synapse, "Synapse", _BY_NAME)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
