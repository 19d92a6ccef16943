"""Networks that run one timestep at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

import numpy as np

from .. import _saltus
from .._values import to_indices
from ..connection import population_of
from ..errors import ArgumentTypeError, ModelError, UnsupportedError
from ..neurons import SpikeInput

if TYPE_CHECKING:
    from ..network import Network
    from ..population import Population


class Stream:
    """A network that runs one timestep at a time, for input that arrives meanwhile: a sensor, a
    simulated body, a user. Made by CompiledNetwork.stream().

    Its state stays from step to step, over any number of them. It has its own copy of the weights,
    as they were when it was made.

    Args:
        network: The network.
        made: What the engine holds of it.

    Example:
        >>> stream = compiled.stream()
        >>> for events in ([0, 3], [], [7]):  # as a sensor gives them
        ...     stream.step({inputs: events})
        ...     answer = stream.readout(output)
        >>> stream.num_timesteps, answer.shape
        (3, (1, 3))
    """

    def __init__(self, network: "Network", made: _saltus.Stream) -> None:
        self.network = network
        self._made = made

    def step(self, inputs: Optional[Dict[Any, Any]] = None) -> None:
        """Runs one timestep. A spike that is given here reaches its targets in the next step, or as
        many steps later as its synapse delays it.

        Args:
            inputs: By input population or layer. SpikeInput: the neurons that spike, as whole
                numbers of shape (spikes,); with several examples a list of such arrays, one an
                example; silent when left out. Other inputs: values of the population's shape, or
                (examples,) + that shape; they hold until others are given.

        Raises:
            ModelError: For a population that is no input, a neuron that it does not have, or an
                array of another shape. The network is then as before.

        Example:
            >>> stream = compiled.stream()
            >>> stream.step({inputs: [3, 5]})
        """
        if inputs is not None and not isinstance(inputs, dict):
            raise ArgumentTypeError(
                "Inputs",
                f"a {type(inputs).__name__} was given",
                "give a dictionary by population or layer",
            )
        given: Dict[str, Any] = {}
        for key, data in (inputs or {}).items():
            population = population_of(key, self.network)
            if isinstance(population.neuron, SpikeInput):
                given[population.name] = self._spikes(data, population)
            else:
                given[population.name] = self._values(data, population)
        self._made.step(given)

    def spikes(self, population: Any, example: int = 0) -> np.ndarray:
        """The neurons of a population that spiked in the last step, in order.

        Args:
            population: Population, layer or name.
            example: Its number.

        Returns:
            Array of shape (spikes,).

        Raises:
            ModelError: When there is no such example.
        """
        return self._made.spikes(population_of(population, self.network).name, example)

    def state(self, population: Any, name: str) -> np.ndarray:
        """A state of every neuron after the last step.

        Args:
            population: Population, layer or name.
            name: Name of the state, such as "v".

        Returns:
            Array of shape (examples,) + the population's shape.

        Raises:
            ModelError: When the population's model has no such state.
        """
        found = population_of(population, self.network)
        return self._shaped(self._made.state(found.name, name), found)

    def readout(self, population: Any) -> np.ndarray:
        """The readout over the steps so far; after as many steps as an example has, what predict()
        gives.

        Args:
            population: Population, layer or name.

        Returns:
            Array of shape (examples,) + the population's shape.

        Raises:
            ModelError: When the population has no readout.
        """
        found = population_of(population, self.network)
        return self._shaped(self._made.readout(found.name), found)

    def take_weights(self, compiled: Any) -> None:
        """Takes over the weights of the network that made it, as they are now; the state stays.

        Args:
            compiled: The compiled network.

        Raises:
            ModelError: When it has other connections.
        """
        self._made.take_weights(compiled._made)

    def reset(self) -> None:
        """Goes back to the initial state, at time 0."""
        self._made.reset()

    def reset_time(self) -> None:
        """Sets the clock back to time 0; the state stays."""
        self._made.reset_time()

    @property
    def num_examples(self) -> int:
        """How many run side by side."""
        return self._made.num_examples()

    @property
    def num_timesteps(self) -> int:
        """Steps that were run."""
        return self._made.num_steps()

    @property
    def time(self) -> float:
        """When the next step begins, in ms."""
        return self._made.time()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise UnsupportedError(
            "Stream",
            "it is memory of the engine, which is neither copied nor pickled",
            "make another one of its network with stream()",
        )

    def __repr__(self) -> str:
        return f"<Stream of {self.num_examples} after {self.num_timesteps} steps>"

    def _spikes(self, data: Any, population: "Population") -> List[np.ndarray]:
        """Neurons that spike, by example."""
        where = f"Input {population.name}"
        if self.num_examples == 1 and not (isinstance(data, (list, tuple)) and _is_nested(data)):
            data = [data]
        if not isinstance(data, (list, tuple)):
            raise ArgumentTypeError(
                where,
                f"a {type(data).__name__} was given for {self.num_examples} examples",
                "give a list with an array of neurons for each example",
                {"population": population.name},
            )
        found = []
        for neurons in data:
            indices = to_indices(neurons, where, "its spikes")
            found.append(np.zeros(0, np.uint32) if indices is None else indices)
        return found

    def _values(self, data: Any, population: "Population") -> np.ndarray:
        """Values as float64 (examples, neurons)."""
        where = f"Input {population.name}"
        values = np.asarray(data)
        if values.dtype.kind not in "biuf":
            raise ArgumentTypeError(where, f"its data are of type {values.dtype}", "give numbers")
        shape = tuple(population.shape or ())
        if self.num_examples == 1 and values.shape in (shape, (population.size,)):
            values = values[None]
        if values.shape not in (
            (self.num_examples, *shape),
            (self.num_examples, population.size),
        ):
            raise ModelError(
                where,
                f"its values have shape {values.shape}, but the population has shape {shape} and "
                f"the stream {self.num_examples} examples",
                f"give values of shape ({', '.join(map(str, (self.num_examples, *shape)))})",
                {"population": population.name, "shape": str(values.shape)},
            )
        return np.ascontiguousarray(values.reshape(self.num_examples, -1), dtype=np.float64)

    def _shaped(self, values: np.ndarray, population: "Population") -> np.ndarray:
        return values.reshape((self.num_examples, *(population.shape or ())))


def _is_nested(data: Any) -> bool:
    """Whether a list holds arrays rather than numbers."""
    return len(data) > 0 and np.ndim(data[0]) > 0
