"""Networks: descriptions of populations and the connections between them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, cast

from . import _context, _saltus
from ._absent import raise_missing_attribute
from ._display import aligned, html_table, network_rows
from .errors import ModelError

if TYPE_CHECKING:
    from .connection import Connection
    from .population import Population


class Network:
    """A description of populations and the connections between them, checked as it is built.

    Populations and connections that are created inside its `with` block belong to it. Each thread
    may describe a network of its own at a time.

    Args:
        default_params: Arguments for neurons and synapses by class, for those that are left out:
            usually the `default_params` of a compiler's module. Only exactly that class is
            concerned.

    Attributes:
        populations: All populations, in order of creation.
        connections: All connections, in order of creation.
        default_params: As above.

    Raises:
        ModelError: On entering, while the thread describes a network already.

    Example:
        >>> network = Network()
        >>> with network:
        ...     inputs = Population(SpikeInput(), 100, name="inputs")
        ...     output = Population(LeakyIntegrateFire(readout="spike_count"), 10, name="output")
        ...     connection = Connection(inputs, output, Dense(0.1), Exponential(5.0))
        >>> network
        Network of 2 populations and 1 connection:
          inputs  SpikeInput                            (100,)
          output  LeakyIntegrateFire, reads SpikeCount  (10,)   from inputs (Dense, Exponential)
    """

    def __init__(self, default_params: Optional[Dict[type, Dict[str, Any]]] = None) -> None:
        self.default_params = dict(default_params or {})
        self.populations: "List[Population]" = []
        self.connections: "List[Connection]" = []
        # The engine's view of what was described so far, against which each part is checked.
        self._described = _saltus.Network()

    def __enter__(self) -> "Network":
        _context.enter(self)
        return self

    def __exit__(self, *error: Any) -> None:
        _context.leave()

    @staticmethod
    def get_model() -> "Optional[Network]":
        """The network whose `with` block this thread is in; None outside of one."""
        return _context.active_network()

    @staticmethod
    def get_default_params(cls: type) -> Dict[str, Any]:
        """The active network's default arguments for exactly that class.

        Args:
            cls: Class of a neuron or a synapse.

        Returns:
            Arguments by name; empty when there is no network or it has none.

        Example:
            >>> with Network({LeakyIntegrate: {"scale_i": True}}):
            ...     defaults = Network.get_default_params(LeakyIntegrate)
            >>> defaults
            {'scale_i': True}
        """
        return dict(_context.default_params_of(cls, _context.active_network()))

    def find_population(self, name: str) -> "Population":
        """The population of that name.

        Args:
            name: Its name.

        Raises:
            ModelError: When there is none; the message says which there are.
        """
        return cast("Population", _find(self.populations, name, "population"))

    def find_connection(self, name: str) -> "Connection":
        """The connection of that name.

        Args:
            name: Its name.

        Raises:
            ModelError: When there is none; the message says which there are.
        """
        return cast("Connection", _find(self.connections, name, "connection"))

    def load(
        self, keys: Sequence[Any] = (), serialiser: Any = "numpy", strict: bool = True
    ) -> None:
        """Makes what save() and save_connectivity() of a compiled network saved, there or in
        mlGeNN, the initial weights, delays, synapses and biases of this description: all of them
        or, when something is wrong, none.

        Args:
            keys: As they were saved with.
            serialiser: Serialiser, or its name.
            strict: Whether there must be weights for every connection that has any, and nothing
                that this network does not have.

        Raises:
            ModelError: Listing all that is missing or not known; for arrays that do not fit.
            RuntimeFault: When a file cannot be read.

        Example:
            >>> compiled.save((0,), saltus.serialisers.Numpy("weights"))
            >>> network.load((0,), saltus.serialisers.Numpy("weights"))
            >>> again = InferenceCompiler(20).compile(network)
        """
        from ._saved_weights import load_network
        from .serialisers import get_serialiser

        load_network(self, tuple(keys), get_serialiser(serialiser), bool(strict))

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Networks are copied and pickled as what they are made of."""
        numbers = {population: index for index, population in enumerate(self.populations)}
        populations = [
            (p.neuron, p._given_shape, p.record_spikes, p.record_spike_events, p.name)
            for p in self.populations
        ]
        connections = [
            (numbers[c.source()], numbers[c.target()], c.connectivity, c.synapse, c.name)
            + (c.max_delay_steps,)
            for c in self.connections
        ]
        made_anew = ("default_params", "populations", "connections", "_described")
        state = {name: value for name, value in vars(self).items() if name not in made_anew}
        return _made_again, (type(self), self.default_params, populations, connections), state

    def __copy__(self) -> "Network":
        # Parts belong to one network.
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        lines = [self._title() + (":" if self.populations else "")]
        if self.populations:
            lines += [f"  {line}" for line in aligned(network_rows(self))]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        header = ("Population", "Neuron", "Shape", "Receives")
        return html_table(header, network_rows(self), self._title())

    def _title(self) -> str:
        number, connected = len(self.populations), len(self.connections)
        return (
            f"{type(self).__name__} of {number} population{'s' if number != 1 else ''} "
            f"and {connected} connection{'s' if connected != 1 else ''}"
        )

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return raise_missing_attribute(self, name)

    def _build(self) -> Any:
        """A network of the engine made from the descriptions as they are now, and its
        populations."""
        network = _saltus.Network()
        made = {}
        for population in self.populations:
            made[population] = network.population(
                population.neuron._engine(), population._given_shape, population.name
            )
        for connection in self.connections:
            network.connect(
                made[connection.source()],
                made[connection.target()],
                connection.connectivity._engine(),
                connection.synapse._engine(),
                connection.name,
                connection.max_delay_steps,
            )
        return network, made

    def _describe_again(self) -> None:
        """Checks everything anew, after something was taken back or changed."""
        network, made = self._build()
        self._described = network
        for population, described in made.items():
            population._described = described


def _made_again(
    cls: Any, default_params: Any, populations: List[Any], connections: List[Any]
) -> Any:
    """A network from what it is made of; whoever unpickles it adds its other attributes."""
    from .connection import Connection
    from .population import Population

    network = cls.__new__(cls)
    Network.__init__(network, default_params)
    with _context.instead(network):
        for arguments in populations:
            Population(*arguments)
        for source, target, *arguments in connections:
            Connection(network.populations[source], network.populations[target], *arguments)
    return network


def part_of(network: Network, parts: str, index: int) -> Any:
    """A population or connection by its number, which is how they are pickled."""
    return getattr(network, parts)[index]


def _find(items: List[Any], name: str, what: str) -> Any:
    from ._described import suggest

    for item in items:
        if item.name == name:
            return item
    known = [item.name for item in items]
    raise ModelError("Network", f"there is no {what} '{name}'", suggest(name, known), {what: name})
