"""Keeping what neurons do while a network runs."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

import numpy as np

from .. import _saltus
from ..connection import connection_of, population_of
from ..errors import ModelError
from ..utils.filter import chosen_neurons, chosen_numbers
from .callback import Callback


def _neurons_of(neuron_filter: Any, population: Any, where: str) -> List[int]:
    """Numbers of neurons for the engine, for which an empty list means all."""
    if neuron_filter is None:
        return []
    where = f"{where} of {population.name}: neuron_filter"
    return [int(n) for n in chosen_neurons(neuron_filter, population.shape, where)]


class SpikeRecorder(Callback):
    """Keeps the spikes of a population, while batches and threads stay as they are.

    Args:
        pop: Population or layer.
        key: Key of the data in the dictionary that evaluate() or train() returns; by default the
            position of the callback.
        example_filter: Numbers of examples in the dataset (whatever their order in a run), or a
            mask over them; all when left out.
        neuron_filter: Numbers of neurons in the population, a mask over them, a slice, or a tuple
            with indices for each axis, see saltus.utils.filter.
        record_counts: Whether only the number of spikes of each neuron is kept.

    The data is ([times of each example], [neurons of each example]), arrays of shape (spikes,) with
    times in ms; with record_counts a list of arrays of shape (neurons chosen,), one an example.
    Examples are in the order in which they were shown.

    Raises:
        ModelError: For a filter that makes no sense; when a run begins, for a neuron or population
            that is not there.

    Example:
        >>> spikes = SpikeRecorder(hidden, key="hidden", example_filter=[0, 1])
        >>> _, data = compiled.evaluate({inputs: x}, {output: y}, callbacks=[spikes])
        >>> times, neurons = data["hidden"]
    """

    def __init__(
        self,
        pop: Any,
        key: Any = None,
        example_filter: Any = None,
        neuron_filter: Any = None,
        record_counts: bool = False,
    ) -> None:
        self.pop = pop
        self.key = key
        self.record_counts = bool(record_counts)
        self._examples = chosen_numbers(example_filter, "SpikeRecorder", "example_filter")
        self._neuron_filter = neuron_filter

    def set_params(self, **params: Any) -> None:
        population = population_of(self.pop, params["compiled_network"].network)
        self.engine_callback = _saltus.SpikeRecorder(
            population.name,
            self._examples,
            _neurons_of(self._neuron_filter, population, "SpikeRecorder"),
            self.record_counts,
        )

    def get_data(self) -> Tuple[Any, Any]:
        """The key, and what was kept, see the class."""
        if self.record_counts:
            return self.key, [counts for _, _, counts in self.engine_callback.counts()]
        records = self.engine_callback.spikes()
        return self.key, ([record[2] for record in records], [record[3] for record in records])


class VarRecorder(Callback):
    """Keeps a state of a population after every step. Its layer then runs step by step for the
    examples chosen, which takes longer: choose a few.

    Args:
        pop: Population or layer.
        var: Name of the state, such as "v".
        key: Key of the data in the dictionary that evaluate() or train() returns; by default the
            position of the callback.
        example_filter: Numbers of examples in the dataset, or a mask over them.
        neuron_filter: Numbers of neurons in the population, a mask over them, a slice, or a tuple
            with indices for each axis, see saltus.utils.filter.
        genn_var: The state by the name that mlGeNN's models give it, such as "V"; instead of `var`.

    The data is a list of arrays of shape (steps, neurons chosen), one an example, in the order in
    which they were shown. Values are those after the reset of neurons that spiked.

    Raises:
        ModelError: Without a name; when a run begins, for a state, neuron or population that is not
            there.

    Example:
        >>> v = VarRecorder(output, "v", key="v", example_filter=[3])
        >>> _, data = compiled.predict({inputs: x}, output, callbacks=[v])
        >>> voltages = data["v"][0]
    """

    def __init__(
        self,
        pop: Any,
        var: Optional[str] = None,
        key: Any = None,
        example_filter: Any = None,
        neuron_filter: Any = None,
        genn_var: Optional[str] = None,
    ) -> None:
        if (var is None) == (genn_var is None):
            raise ModelError(
                "VarRecorder", "one of var and genn_var names the state", 'give var, such as "v"'
            )
        self.pop = pop
        self.key = key
        self.var = var if var is not None else str(genn_var).lower()
        self._examples = chosen_numbers(example_filter, "VarRecorder", "example_filter")
        self._neuron_filter = neuron_filter

    def set_params(self, **params: Any) -> None:
        population = population_of(self.pop, params["compiled_network"].network)
        self.engine_callback = _saltus.VarRecorder(
            population.name,
            self.var,
            self._examples,
            _neurons_of(self._neuron_filter, population, "VarRecorder"),
        )

    def get_data(self) -> Tuple[Any, List[np.ndarray]]:
        """The key, and what was kept, see the class."""
        return self.key, [values for _, _, values in self.engine_callback.values()]


#: Variables of synapses by the names that mlGeNN's models give them.
_GENN_VARS = {"g": "weight", "d": "delay"}


class ConnVarRecorder(Callback):
    """Keeps the weights or delays of a connection, as each example meets them.

    Args:
        conn: Connection, layer or name.
        genn_var: "weight" or "g": what a spike adds at the target; "delay" or "d": timesteps on top
            of the one that every spike takes.
        key: Key of the data in the dictionary that evaluate() or train() returns; by default the
            position of the callback.
        example_filter: Numbers of examples in the dataset, or a mask over them.
        src_neuron_filter: Neurons of the source population, as SpikeRecorder takes them.
        trg_neuron_filter: Neurons of the target population.

    The data is a list of arrays of shape (steps, source neurons, target neurons), one an example, in
    the order in which they were shown. They are read-only views: within an example nothing changes,
    so that every step is the same memory, and examples of a batch share theirs. Values are NaN where
    there is no synapse; where there are several, the sum of weights and the longest delay.

    Raises:
        ModelError: For another variable or a filter that makes no sense; when a run begins, for a
            neuron or connection that is not there.

    Example:
        >>> g = ConnVarRecorder(hidden, "g", key="g", example_filter=[0], trg_neuron_filter=[3])
        >>> _, data = compiled.train({inputs: x}, {output: y}, num_epochs=5, callbacks=[g])
        >>> weights_by_epoch = [values[0, :, 0] for values in data["g"]]
    """

    def __init__(
        self,
        conn: Any,
        genn_var: str,
        key: Any = None,
        example_filter: Any = None,
        src_neuron_filter: Any = None,
        trg_neuron_filter: Any = None,
    ) -> None:
        self.conn = conn
        self.key = key
        self.genn_var = genn_var
        where = "ConnVarRecorder"
        self._examples = chosen_numbers(example_filter, where, "example_filter")
        self._source_filter = src_neuron_filter
        self._target_filter = trg_neuron_filter
        # A variable that does not exist is told now.
        _saltus.ConnVarRecorder("", self._variable(), [], [], [])

    def _variable(self) -> str:
        return _GENN_VARS.get(self.genn_var, str(self.genn_var))

    def set_params(self, **params: Any) -> None:
        compiled = params["compiled_network"]
        self._steps = compiled.num_timesteps
        connection = connection_of(self.conn, compiled.network)
        self.engine_callback = _saltus.ConnVarRecorder(
            connection.name,
            self._variable(),
            self._examples,
            _neurons_of(self._source_filter, connection.source(), "ConnVarRecorder"),
            _neurons_of(self._target_filter, connection.target(), "ConnVarRecorder"),
        )

    def get_data(self) -> Tuple[Any, List[np.ndarray]]:
        """As of every callback: its key, and its data so far."""
        records = self.engine_callback.values()
        return self.key, [np.broadcast_to(v, (self._steps, *v.shape)) for _, _, v in records]
