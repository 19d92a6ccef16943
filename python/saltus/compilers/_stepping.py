"""Compiled networks driven by hand, as mlGeNN's scripts do it."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional

import numpy as np

from ..connection import population_of
from ..errors import ModelError
from ..neurons import ValueInput
from ._binding import InputReader, all_inputs, frames_of, num_examples
from .stream import Stream


class _HeldInput:
    """The data of one input population for the examples of a batch, by timestep.

    Args:
        data: What the engine takes: spikes on the grid, or values (examples, neurons) or (examples,
            frames, neurons).
        examples: How many run side by side; those without data are silent.
        frame_timesteps: Timesteps for which each frame holds.
    """

    def __init__(self, data: Any, examples: int, frame_timesteps: int) -> None:
        self._frame_timesteps = frame_timesteps
        self._steps: Optional[List[List[np.ndarray]]] = None
        if isinstance(data, np.ndarray):
            rest = np.zeros((examples - len(data), *data.shape[1:]))
            self._values: Any = np.concatenate([data, rest])
            return
        silent = np.zeros(0, np.uint32)
        self._steps = [[silent] * examples for _ in range(data.num_steps)]
        for example in range(data.num_examples):
            times, neurons = data.example(example)
            steps = np.rint(times / data.dt).astype(np.int64)
            for step, given in enumerate(
                np.split(neurons, np.searchsorted(steps, range(1, data.num_steps)))
            ):
                self._steps[step][example] = np.ascontiguousarray(given, np.uint32)

    def at(self, timestep: int) -> Any:
        """What arrives in a timestep; None for nothing."""
        if self._steps is None and self._values.ndim > 2:
            frame = min(timestep // self._frame_timesteps, self._values.shape[1] - 1)
            return self._values[:, frame]
        if self._steps is None:
            return self._values
        return self._steps[timestep] if timestep < len(self._steps) else None


def _batch_of_one(data: Any, key: Any, network: Any) -> Any:
    """Values of a single example as those of a batch."""
    population = population_of(key, network)
    one = (*frames_of(population), *(population.shape or ()))
    is_one = isinstance(population.neuron, ValueInput) and np.shape(data) == one
    return np.asarray(data)[None] if is_one else data


class SteppedByHand:
    """What a compiled network offers to programs that run timesteps themselves. It is a Stream of
    as many examples as a batch has, made when it is first used; evaluate() and train() do not
    touch it. New programs use stream() instead."""

    network: Any
    compiler: Any
    _made: Any

    def set_input(self, inputs: Dict[Any, Any]) -> None:
        """Gives input populations their data for the timesteps to come.

        Args:
            inputs: By input population or layer, for up to a batch of examples, as for evaluate().
                Spike times count from timestep 0; reset_time() begins them anew. Where a batch is
                one example, values may be of that alone, without an axis of examples.

        Raises:
            ModelError: When data do not fit the network, or there are too many examples.

        Example:
            >>> compiled.set_input({inputs: x[:8]})
        """
        if self._made.batch_size() == 1 and isinstance(inputs, dict):
            inputs = {key: _batch_of_one(data, key, self.network) for key, data in inputs.items()}
        read = InputReader(self.compiler.dt, self._made.num_steps(), self.compiler.threads)
        given = all_inputs(inputs, self.network, read)
        size = self._made.batch_size()
        if num_examples(given) > size:
            raise ModelError(
                "set_input",
                f"{num_examples(given)} examples were given, a batch has {size}",
                "give as many as the compiler's batch_size, or fewer",
            )
        stepped = self._stepped()
        stepped.stream.take_weights(self)
        for name, data in given.items():
            neuron = population_of(name, self.network).neuron
            timesteps = getattr(neuron, "input_frame_timesteps", 1)
            stepped.held[name] = _HeldInput(data, size, timesteps)

    def step_time(self, callback_list: Optional[Iterable[Any]] = None) -> None:
        """Runs one timestep of the whole batch.

        Args:
            callback_list: Objects whose on_timestep_begin(timestep) and on_timestep_end(timestep)
                are called, where they have them.

        Raises:
            ModelError: When an input of values was given none.

        Example:
            >>> for _ in range(20):
            ...     compiled.step_time()
        """
        stepped = self._stepped()
        callbacks = list(callback_list or ())
        timestep = stepped.timestep
        for callback in callbacks:
            getattr(callback, "on_timestep_begin", lambda _: None)(timestep)
        stepped.step()
        for callback in callbacks:
            getattr(callback, "on_timestep_end", lambda _: None)(timestep)

    def reset_time(self) -> None:
        """Sets the clock back to timestep 0; the state stays."""
        self._stepped().reset_time()

    def get_readout(self, outputs: Any) -> Any:
        """Readouts over the timesteps that step_time() ran.

        Args:
            outputs: Population or layer with a readout, or a sequence of several.

        Returns:
            Array of shape (batch,) + the population's shape, or a list of them.

        Raises:
            ModelError: When a population has no readout.

        Example:
            >>> classes = compiled.get_readout(output).argmax(axis=1)
        """
        if isinstance(outputs, (list, tuple)):
            return [self.get_readout(output) for output in outputs]
        return self._stepped().stream.readout(outputs)

    @property
    def genn_model(self) -> Any:
        """What stands for PyGeNN's model: `timestep`, `t`, `dt`, `custom_update("Reset")`, timers.
        See saltus.compat."""
        from ..compat.genn import GeNNModel

        return GeNNModel(self)

    @property
    def neuron_populations(self) -> Any:
        """What stands for PyGeNN's neuron groups, by population: `vars["V"]`, spikes of the last
        steps. See saltus.compat."""
        from ..compat.genn import NeuronGroup, by_population

        return by_population(self, NeuronGroup)

    @property
    def connection_populations(self) -> Any:
        """What stands for PyGeNN's synapse groups, by connection: `vars["g"]`, sparse indices. See
        saltus.compat."""
        from ..compat.genn import SynapseGroup, by_connection

        return by_connection(self, SynapseGroup)

    def _stepped(self) -> "Stepped":
        made = self.__dict__.get("_stepped_state")
        if made is None:
            made = self.__dict__["_stepped_state"] = Stepped(self)
        return made


class Stepped:
    """The state of a network that is driven by hand.

    Attributes:
        stream: The network.
        held: Data by input population.
        timestep: That which runs next.
        spikes: By recorded population, the spikes of every step since they were last cleared, a
            list by example of arrays.
    """

    def __init__(self, compiled: Any) -> None:
        size = compiled._made.batch_size()
        self.stream: Stream = compiled.stream(size)
        self.held: Dict[str, _HeldInput] = {}
        self.timestep = 0
        self._recorded = [p for p in compiled.network.populations if p.record_spikes]
        self._num_recorded_steps = compiled._made.num_steps()
        self.spikes: Dict[str, List[Any]] = {p.name: [] for p in self._recorded}

    def step(self) -> None:
        given = {name: held.at(self.timestep) for name, held in self.held.items()}
        self.stream.step({name: data for name, data in given.items() if data is not None})
        for population in self._recorded:
            kept = self.spikes[population.name]
            examples = range(self.stream.num_examples)
            kept.append(
                (self.timestep, [self.stream.spikes(population, example) for example in examples])
            )
            # As long as a recording buffer.
            del kept[: -self._num_recorded_steps]
        self.timestep += 1

    def reset_time(self) -> None:
        self.timestep = 0
        self.stream.reset_time()

    def reset(self) -> None:
        timestep = self.timestep
        self.stream.reset()
        self.timestep = timestep
