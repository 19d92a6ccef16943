"""The part of PyGeNN that scripts touch, on top of compiled networks.

``compiled.genn_model``, ``compiled.neuron_populations[p]`` and ``compiled.connection_populations[c]``
give these objects. What they cannot do raises an error that says what to use instead.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from .._described import suggest
from ..compilers._binding import ByObject
from ..connection import connection_of, population_of
from ..errors import ModelError, UnsupportedError

__all__ = ["GeNNModel", "NeuronGroup", "SynapseGroup", "Variable"]

#: Timers of GeNN's model by the passes that take their place.
_TIMERS = {
    "neuron_update_time": ("advance", "read out"),
    "presynaptic_update_time": ("propagate", "weigh spikes", "folded readout"),
    "init_time": (),
    "init_sparse_time": (),
}


def _refuse(where: str, name: str, known: Any, advice: str) -> AttributeError:
    known = ", ".join(sorted(known))
    return AttributeError(f"[{where}] there is no '{name}'; {advice}. There are {known}")


class GeNNModel:
    """What stands for the model of a compiled network.

    Attributes:
        timestep: The timestep that step_time() runs next; may be set.
    """

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    @property
    def timestep(self) -> int:
        """The timestep that step_time() runs next."""
        return int(self._compiled._stepped().timestep)

    @timestep.setter
    def timestep(self, timestep: int) -> None:
        stepped = self._compiled._stepped()
        if timestep == 0:
            stepped.reset_time()
        elif timestep != stepped.timestep:
            raise UnsupportedError(
                "genn_model", f"timestep is set to {timestep}", "set it to 0, or run the steps"
            )

    @property
    def t(self) -> float:
        """The time of that timestep in ms."""
        return self.timestep * self.dt

    @property
    def dt(self) -> float:
        """Length of a timestep in ms."""
        return float(self._compiled.compiler.dt)

    @property
    def batch_size(self) -> int:
        """Examples in a batch."""
        return int(self._compiled.compiler.batch_size)

    def step_time(self) -> None:
        """Runs one timestep, as compiled.step_time()."""
        self._compiled.step_time()

    def custom_update(self, name: str) -> None:
        """Runs a custom update.

        Args:
            name: "Reset" brings neurons, synapses and readouts back to their initial state, without
                the clock.

        Raises:
            UnsupportedError: For another one: gradients and optimisers run inside train().
        """
        if name != "Reset":
            raise UnsupportedError(
                "genn_model",
                f"there is no custom update '{name}'",
                "there is 'Reset'; what optimises and what regularises runs inside train()",
            )
        self._compiled._stepped().reset()

    def pull_recording_buffers_from_device(self) -> None:
        """Nothing needs to be pulled."""

    def __getattr__(self, name: str) -> Any:
        if name in _TIMERS:
            profile = self._compiled.profile()
            return sum(p.seconds for p in profile.passes if p.name in _TIMERS[name])
        known = {*_TIMERS, "timestep", "t", "dt", "batch_size", "custom_update", "step_time"}
        advice = (
            "compiled.profile() has the time of every pass"
            if "time" in name
            else ("use the compiled network itself, see saltus.compat")
        )
        raise _refuse("genn_model", name, known, advice)


class Variable:
    """A variable of a group: a copy that is pulled and pushed.

    Args:
        pull: Gives the values as they are.
        push: Takes changed ones; None when they cannot be changed.
        advice: What to do instead of pushing.
    """

    def __init__(
        self,
        name: str,
        pull: Callable[[], np.ndarray],
        push: Optional[Callable[[np.ndarray], None]],
        advice: str = "",
    ) -> None:
        self._name = name
        self._pull = pull
        self._push = push
        self._advice = advice
        self._view: Optional[np.ndarray] = None

    def pull_from_device(self) -> None:
        """Takes the values as they are now into `view`."""
        values = self._pull()
        if self._view is None:
            self._view = values
        else:
            # Arrays that a script holds show the new values, too.
            self._view[...] = values

    def push_to_device(self) -> None:
        """Gives the values of `view` to the network.

        Raises:
            UnsupportedError: For states of neurons and for delays.
        """
        if self._push is None:
            raise UnsupportedError(f"Variable {self._name}", "it cannot be pushed", self._advice)
        self._push(self.view)

    @property
    def view(self) -> np.ndarray:
        """The values as they were pulled last; now, when that never happened."""
        if self._view is None:
            self.pull_from_device()
        assert self._view is not None
        return self._view

    @property
    def current_view(self) -> np.ndarray:
        """The same: there is one slot in time."""
        return self.view

    @property
    def values(self) -> np.ndarray:
        """A copy of `view`."""
        return self.view.copy()

    @property
    def current_values(self) -> np.ndarray:
        """The same."""
        return self.values


class _Variables(Dict[str, Variable]):
    """Variables by name; an unknown one names those that there are."""

    def __init__(self, where: str, variables: Dict[str, Variable], advice: str) -> None:
        super().__init__(variables)
        self._where = where
        self._advice = advice

    def __missing__(self, name: str) -> Variable:
        raise ModelError(
            self._where,
            f"there is no variable '{name}'",
            f"{suggest(str(name), list(self)) or 'there are none'}. {self._advice}",
        )


class NeuronGroup:
    """What stands for the neurons of a population.

    Attributes:
        vars: States as Variables, "V" for "v". After steps of step_time(): evaluate() and train()
            keep no states, recorders do. Arrays of shape (batch, neurons), or (neurons,) when the
            batch has one example.
    """

    def __init__(self, compiled: Any, population: Any) -> None:
        self._compiled = compiled
        self._population = population
        where = f"Population {population.name}"
        self.vars = _Variables(
            where,
            {
                name.upper() if len(name) == 1 else name: self._variable(name)
                for name in self._states()
            },
            "Record others with VarRecorder",
        )

    @property
    def size(self) -> int:
        """Number of neurons."""
        return int(self._population.size)

    @property
    def name(self) -> str:
        """Name of the population."""
        return str(self._population.name)

    @property
    def spike_recording_data(self) -> List[Tuple[np.ndarray, np.ndarray]]:
        """(times in ms, neurons) for each example of the batch, over the last steps of step_time(),
        as many as an example has.

        Raises:
            ModelError: When the population was made without record_spikes.
        """
        if not self._population.record_spikes:
            raise ModelError(
                f"Population {self.name}",
                "its spikes are not recorded",
                "create it with record_spikes=True, or use SpikeRecorder",
            )
        stepped = self._compiled._stepped()
        steps = stepped.spikes[self.name]
        data = []
        for example in range(stepped.stream.num_examples):
            given = [(timestep, spikes[example]) for timestep, spikes in steps]
            times = [np.full(len(s), t * self._compiled.compiler.dt) for t, s in given]
            neurons = [s for _, s in given]
            empty = np.zeros(0)
            data.append(
                (
                    np.concatenate([empty, *times]),
                    np.concatenate([empty, *neurons]).astype(np.uint32),
                )
            )
        return data

    def _states(self) -> List[str]:
        return list(self._compiled._made.states(self.name))

    def _variable(self, state: str) -> Variable:
        def pull() -> np.ndarray:
            stream = self._compiled._stepped().stream
            values = stream.state(self._population, state).reshape(stream.num_examples, -1)
            return np.array(values[0] if len(values) == 1 else values)

        return Variable(
            f"{self.name}.{state}", pull, None, "give the neuron its initial value instead"
        )

    def __getattr__(self, name: str) -> Any:
        raise _refuse(
            f"Population {self._population.name}",
            name,
            ("vars", "size", "name", "spike_recording_data"),
            "parameters are attributes of its neuron",
        )


class SynapseGroup:
    """What stands for the synapses of a connection.

    Attributes:
        vars: "g", the weights, which may be pushed, and "d", the delays. Arrays of shape
            (synapses,), row by row; of a kernel its weights.
    """

    def __init__(self, compiled: Any, connection: Any) -> None:
        self._compiled = compiled
        self._connection = connection
        variables = {}
        if connection.name in compiled._made.connections_with_weights():
            variables["g"] = Variable(f"{connection.name}.g", self._pull_g, self._push_g)
        variables["d"] = Variable(
            f"{connection.name}.d", self._pull_d, None, "give the connection its delays instead"
        )
        self.vars = _Variables(
            f"Connection {connection.name}", variables, "compiled.synapses() shows all synapses"
        )

    @property
    def name(self) -> str:
        """Name of the connection."""
        return str(self._connection.name)

    def pull_connectivity_from_device(self) -> None:
        """Nothing needs to be pulled."""

    def get_sparse_pre_inds(self) -> np.ndarray:
        """Source neuron of each synapse, in the order of `vars`."""
        return np.asarray(self._compiled.synapses(self._connection).pre)

    def get_sparse_post_inds(self) -> np.ndarray:
        """Target neuron of each synapse."""
        return np.asarray(self._compiled.synapses(self._connection).post)

    def _pull_g(self) -> np.ndarray:
        return np.array(self._compiled.weights(self._connection)).ravel()

    def _push_g(self, values: np.ndarray) -> None:
        shape = self._compiled.weights(self._connection).shape
        self._compiled.set_weights(self._connection, values.reshape(shape))
        self._compiled._stepped().stream.take_weights(self._compiled)

    def _pull_d(self) -> np.ndarray:
        return np.array(self._compiled.synapses(self._connection).delay)

    def __getattr__(self, name: str) -> Any:
        raise _refuse(
            f"Connection {self._connection.name}",
            name,
            ("vars", "name", "get_sparse_pre_inds", "get_sparse_post_inds"),
            "compiled.synapses() and compiled.weights() show what there is",
        )


def by_population(compiled: Any, make: Callable[[Any, Any], Any]) -> ByObject:
    """One object a population, also found under layers and names."""
    network = compiled.network
    made = compiled.__dict__.setdefault("_neuron_groups", {})
    for population in network.populations:
        if population.name not in made:
            made[population.name] = make(compiled, population)
    items = [(population, made[population.name]) for population in network.populations]
    return ByObject(items, lambda key: population_of(key, network))


def by_connection(compiled: Any, make: Callable[[Any, Any], Any]) -> ByObject:
    """One object a connection, likewise."""
    network = compiled.network
    made = compiled.__dict__.setdefault("_synapse_groups", {})
    for connection in network.connections:
        if connection.name not in made:
            made[connection.name] = make(compiled, connection)
    items = [(connection, made[connection.name]) for connection in network.connections]
    return ByObject(items, lambda key: connection_of(key, network))
