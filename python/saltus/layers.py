"""Layers of sequential networks."""

from __future__ import annotations

from typing import Optional, Union

from . import _context
from ._values import Shape
from .connection import Connection
from .connectivity import Connectivity
from .errors import ModelError
from .neurons import Neuron
from .population import Population
from .sequential_network import SequentialNetwork
from .synapses import Synapse


def _network_of(what: str) -> SequentialNetwork:
    network = _context.require_network(what)
    if not isinstance(network, SequentialNetwork):
        raise ModelError(what, "the network is not sequential", "describe a SequentialNetwork")
    return network


class InputLayer:
    """The first layer of a sequential network. It can be used wherever a population can.

    Args:
        neuron: Neuron, which is copied, or the name of one.
        shape: Number of neurons, or numbers along each axis.
        record_spikes: Whether scripts for mlGeNN find its spikes; recorders need it not.
        record_spike_events: Likewise.
        name: Name of the population.

    Raises:
        ModelError: Outside of a sequential network, when there is a layer already, and as
            Population does.

    Example:
        >>> with SequentialNetwork():
        ...     inputs = InputLayer(SpikeInput(), 784, name="image")
        >>> inputs
        <InputLayer image: SpikeInput, shape (784,)>
    """

    def __init__(
        self,
        neuron: Union[Neuron, str],
        shape: Union[int, Shape, None] = None,
        record_spikes: bool = False,
        record_spike_events: bool = False,
        name: Optional[str] = None,
    ) -> None:
        network = _network_of("InputLayer")
        if network.layers:
            raise ModelError(
                "InputLayer", "the network has a layer already", "add further ones with Layer"
            )
        self._population = Population(neuron, shape, record_spikes, record_spike_events, name)
        network.layers.append(self)

    def population(self) -> Population:
        """The population of the layer."""
        return self._population

    def __repr__(self) -> str:
        return f"<InputLayer {repr(self._population)[len('<Population ') :]}"


class Layer:
    """A population and the connection from the layer before it. It can be used wherever a
    population or a connection can.

    Args:
        connectivity: Connectivity from the layer before.
        neuron: Neuron, which is copied, or the name of one.
        shape: Number of neurons, or numbers along each axis; may be left out when the connectivity
            infers it.
        synapse: Synapse or its name.
        record_spikes: Whether scripts for mlGeNN find its spikes; recorders need it not.
        record_spike_events: Likewise.
        max_delay_steps: As for Connection.
        name: Name of the population.

    Raises:
        ModelError: Outside of a sequential network, when there is no layer before, and as
            Population and Connection do.

    Example:
        >>> with SequentialNetwork():
        ...     inputs = InputLayer(SpikeInput(), 784)
        ...     hidden = Layer(Dense(0.1), LeakyIntegrateFire(), 128, Exponential(5.0))
        >>> hidden.population().shape
        (128,)
    """

    def __init__(
        self,
        connectivity: Connectivity,
        neuron: Union[Neuron, str],
        shape: Union[int, Shape, None] = None,
        synapse: Union[Synapse, str] = "delta",
        record_spikes: bool = False,
        record_spike_events: bool = False,
        max_delay_steps: Optional[int] = None,
        name: Optional[str] = None,
    ) -> None:
        network = _network_of("Layer")
        if not network.layers:
            raise ModelError(
                "Layer", "there is no layer that it could follow", "begin with an InputLayer"
            )
        self._population = Population(neuron, shape, record_spikes, record_spike_events, name)
        try:
            self._connection = Connection(
                network.layers[-1],
                self._population,
                connectivity,
                synapse,
                max_delay_steps=max_delay_steps,
            )
        except BaseException:
            network.populations.remove(self._population)
            network._describe_again()
            raise
        network.layers.append(self)

    def population(self) -> Population:
        """The population of the layer."""
        return self._population

    def connection(self) -> Connection:
        """The connection from the layer before."""
        return self._connection

    def __repr__(self) -> str:
        described = repr(self._population)[len("<Population ") : -1]
        connection = self._connection
        return f"<Layer {described}, receives {connection.connectivity!r}, {connection.synapse!r}>"
