"""Connections: the synapses from one population to another."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _context
from ._described import get_object, take_defaults
from ._values import require_count
from .connectivity import Connectivity
from .errors import ModelError
from .synapses import Synapse, get_synapse

if TYPE_CHECKING:
    from .layers import InputLayer, Layer
    from .network import Network
    from .population import Population

    AnyPopulation = Union[Population, InputLayer, Layer]


class Connection:
    """The synapses from one population to another of the network whose `with` block it is
    created in.

    Args:
        source: Population or layer whose spikes are sent.
        target: Population or layer that receives them.
        connectivity: Which neurons are connected, with which weights and delays. Copied.
        synapse: How a spike that arrives becomes a current: synapse, which is copied, or its name.
        name: Unique in its network; "Conn_source_target" when left out, numbered when that is
            taken.
        max_delay_steps: The greatest delay in timesteps, which delays need that are drawn by an
            initializer or learned; larger ones are cut.

    Attributes:
        connectivity: The copy of the connectivity. Its attributes may change until the network is
            compiled.
        synapse: The copy of the synapse; likewise.

    Raises:
        ModelError: Outside of a network, when shapes do not fit, the source does not spike, or the
            target is an input.

    Example:
        >>> with Network() as network:
        ...     inputs = Population(SpikeInput(), 100)
        ...     hidden = Population(LeakyIntegrateFire(), 20)
        ...     connection = Connection(inputs, hidden, Dense(Normal(sd=0.1)), Exponential(5.0))
        >>> connection.source() is inputs
        True
    """

    def __init__(
        self,
        source: "AnyPopulation",
        target: "AnyPopulation",
        connectivity: Connectivity,
        synapse: Union[Synapse, str] = "delta",
        name: Optional[str] = None,
        max_delay_steps: Optional[int] = None,
    ) -> None:
        network = _context.require_network("Connection")
        self._source = population_of(source, network)
        self._target = population_of(target, network)
        self.connectivity = get_object(connectivity, Connectivity, "Connectivity", {})
        self.synapse = get_synapse(synapse)
        take_defaults(self.synapse, _context.default_params_of(type(self.synapse), network))
        if max_delay_steps is not None:
            max_delay_steps = require_count(max_delay_steps, "Connection", "max_delay_steps")
        self.max_delay_steps = max_delay_steps
        self.name: str = network._described.connect(
            self._source._described,
            self._target._described,
            self.connectivity._engine(),
            self.synapse._engine(),
            name or self._free_name(network),
            max_delay_steps,
        )
        self._owner = network
        self._source.outgoing_connections.append(weakref.ref(self))
        self._target.incoming_connections.append(weakref.ref(self))
        network.connections.append(self)

    def source(self) -> "Population":
        """The population whose spikes are sent."""
        return self._source

    def target(self) -> "Population":
        """The population that receives them."""
        return self._target

    def _network(self) -> "Network":
        return self._owner

    def _free_name(self, network: "Network") -> str:
        base = f"Conn_{self._source.name}_{self._target.name}"
        taken = {connection.name for connection in network.connections}
        name, number = base, 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        return name

    def __reduce_ex__(self, protocol: Any) -> Any:
        """It is copied and pickled with its network; a copy by itself would belong to none."""
        from .network import part_of

        return part_of, (self._owner, "connections", self._owner.connections.index(self))

    def __repr__(self) -> str:
        return (
            f"<Connection {self.name}: {self._source.name} to {self._target.name}, "
            f"{self.connectivity!r}, {self.synapse!r}>"
        )


def population_of(given: Any, network: "Network") -> "Population":
    """The population that is meant by a population, a layer or a name.

    Raises:
        ModelError: When it is none, or of another network.
    """
    from .layers import InputLayer, Layer
    from .population import Population

    if isinstance(given, str):
        return network.find_population(given)
    if isinstance(given, (InputLayer, Layer)):
        given = given.population()
    population: "Population" = _required(given, Population, "population", network)
    return population


def connection_of(given: Any, network: "Network") -> Connection:
    """The connection that is meant by a connection, a layer or a name.

    Raises:
        ModelError: When it is none, or of another network.
    """
    from .layers import Layer

    if isinstance(given, str):
        return network.find_connection(given)
    if isinstance(given, Layer):
        given = given.connection()
    connection: Connection = _required(given, Connection, "connection", network)
    return connection


def _required(given: Any, kind: Any, what: str, network: "Network") -> Any:
    """What was given, if it is of that kind and of this network."""
    if not isinstance(given, kind):
        raise ModelError("Network", f"{given!r} is no {what}", f"give a {what} or a layer")
    if given._network() is not network:
        raise ModelError(
            "Network",
            f"{what} '{given.name}' belongs to another network",
            f"give a {what} of this one",
            {what: given.name},
        )
    return given
