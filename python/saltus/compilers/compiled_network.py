"""Networks that are ready to run."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any, Dict, Iterable, Optional, Sequence, Tuple

import numpy as np

from .. import _saltus
from .._absent import raise_missing_attribute
from .._display import Text
from .._values import require_count
from ..callbacks.run import Run
from ..connection import connection_of, population_of
from ..errors import UnsupportedError
from ..metrics import MetricDict, get_metrics
from ._binding import ByObject, InputReader, all_inputs, all_labels, inputs_and_labels
from ._binding import num_examples
from ._kept import KeepsWeights
from ._results import MetricUpdates, Trace
from ._stepping import SteppedByHand
from ._summary import Summary
from .profile import PassProfile, Profile
from .stream import Stream

if TYPE_CHECKING:
    from ..network import Network
    from .compiler import Compiler


class CompiledNetwork(KeepsWeights, SteppedByHand):
    """A network that is ready to run. Made by InferenceCompiler.compile().

    It can be used as a context, as scripts that were written for other libraries do, but needs no
    context. The interpreter's lock is released while it runs; calls from several threads wait for
    each other. Ctrl-C ends a run after the batch; weights are then as that batch left them.

    Attributes:
        network: The description that it was compiled from.
        compiler: The compiler that made it.

    Args:
        network: As above.
        made: The engine's network.
        compiler: As above.

    Example:
        >>> compiled = InferenceCompiler(evaluate_timesteps=20).compile(network)
        >>> predictions, _ = compiled.predict({inputs: x}, output)
        >>> predictions[output].shape
        (24, 3)
    """

    _made: _saltus.CompiledNetwork

    def __init__(
        self, network: "Network", made: _saltus.CompiledNetwork, compiler: "Compiler"
    ) -> None:
        self.network = network
        self.compiler = compiler
        self._made = made
        # Callbacks may use the network that they are called by; other threads wait.
        self._lock = threading.RLock()

    def __enter__(self) -> "CompiledNetwork":
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise UnsupportedError(
            type(self).__name__,
            "it is memory and kernels of the engine, which are neither copied nor pickled",
            "copy or pickle its network and weights(), or use save_model() and load_model()",
        )

    def __repr__(self) -> str:
        populations, connections = self._made.described()
        weights = sum(connection[5] for connection in connections)
        return (
            f"<{type(self).__name__} of {len(populations)} populations with {weights:,} weights: "
            f"{self.num_timesteps} steps of {self.compiler.dt:g} ms, "
            f"batches of {self.compiler.batch_size}, backend {self.compiler.backend}, "
            f"threads {self.threads}>"
        )

    def _repr_html_(self) -> str:
        return self._summary().html()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return raise_missing_attribute(self, name)

    def evaluate(
        self,
        x: Dict[Any, Any],
        y: Dict[Any, Any],
        metrics: Any = "sparse_categorical_accuracy",
        callbacks: Sequence[Any] = ("batch_progress_bar",),
    ) -> Tuple[MetricDict, Dict[Any, Any]]:
        """Runs every example and compares the readouts with the labels.

        Args:
            x: Data by input population or layer. SpikeInput: a list of PreprocessedSpikes, one an
                example, or of event arrays. Other inputs: values of shape (examples,) + the
                population's shape, (examples, frames) + that with several frames; float64, float32
                and uint8 are not copied. Or a dataset (of Tonic, for instance), a PyTorch
                DataLoader or an iterator over examples, each of which is read once, into memory.
            y: Labels by output population or layer: classes of any integer type, shape (examples,);
                or the dataset that stands in x, which then gives pairs of (input, label). Or
                values, of shape (examples,) + the population's shape, for what compares them: the
                metric and the loss MeanSquareError.
            metrics: Metric, its name, or a dictionary with one for each key of y.
            callbacks: Callbacks or their names.

        Returns:
            The metrics under the keys of y, each with its `result`, and the callbacks' data.

        Raises:
            ModelError: When inputs or labels do not fit the network or each other.

        Example:
            >>> metrics, _ = compiled.evaluate({inputs: x}, {output: y})
            >>> print(f"accuracy {100 * metrics[output].result:.2f} %")
            accuracy ... %
        """
        found = get_metrics(metrics, y)
        inputs, targets = inputs_and_labels(x, y, self.network, self._reader())
        names = {key: population_of(key, self.network).name for key in y}
        run = Run(self, callbacks, found, names, num_batches=self._num_batches(inputs))
        updates = MetricUpdates(found, names, self._shaped)
        updates.begin(targets)
        with self._lock:
            figures = self._made.evaluate(
                inputs, targets, updates.engine_names, run.engine(), updates.visitor
            )
        found._take(figures, names)
        return found, run.data()

    def predict(
        self,
        x: Dict[Any, Any],
        outputs: Any = None,
        callbacks: Sequence[Any] = ("batch_progress_bar",),
    ) -> Tuple[Dict[Any, np.ndarray], Dict[Any, Any]]:
        """Runs every example.

        Args:
            x: Data by input population or layer, as for evaluate().
            outputs: Population or layer with a readout, or several; all of them when left out.
            callbacks: Callbacks or their names.

        Returns:
            The readouts under the outputs given, each of shape (examples,) + the population's
            shape, and the callbacks' data.

        Raises:
            ModelError: When inputs do not fit the network, or an output has no readout.

        Example:
            >>> predictions, _ = compiled.predict({inputs: x}, output)
            >>> classes = predictions[output].argmax(axis=1)
        """
        keys = self._outputs(outputs)
        inputs = self._inputs(x)
        num_examples(inputs)
        run = Run(self, callbacks, MetricDict({}), {}, num_batches=self._num_batches(inputs))
        with self._lock:
            made = self._made.predict(inputs, run.engine())
        found = [(key, self._shaped(made[name], name)) for key, name in keys.items()]
        return ByObject(found, lambda key: population_of(key, self.network)), run.data()

    def evaluate_batch(
        self,
        x: Dict[Any, Any],
        y: Dict[Any, Any],
        metrics: Any = "sparse_categorical_accuracy",
        callbacks: Sequence[Any] = (),
    ) -> Tuple[MetricDict, Dict[Any, Any]]:
        """As evaluate(), without a progress bar, for the examples of one batch.

        Args:
            x: As for evaluate().
            y: As for evaluate().
            metrics: As for evaluate().
            callbacks: Callbacks or their names.

        Returns:
            As evaluate() does.

        Raises:
            ModelError: As evaluate() does.

        Example:
            >>> metrics, _ = compiled.evaluate_batch({inputs: x[:8]}, {output: y[:8]})
        """
        return self.evaluate(x, y, metrics, callbacks)

    def evaluate_batch_iter(
        self,
        inputs: Any,
        outputs: Any,
        data: Iterable[Tuple[Any, Any]],
        num_batches: Optional[int] = None,
        metrics: Any = "sparse_categorical_accuracy",
        callbacks: Sequence[Any] = (),
    ) -> Tuple[MetricDict, Dict[Any, Any]]:
        """Evaluates batches of an iterator, so that a dataset needs not be in memory.

        Args:
            inputs: Input population or layer, or a sequence of several.
            outputs: Output population or layer, or a sequence of several.
            data: Gives pairs (x, y); of sequences where there are several inputs or outputs.
            num_batches: How many to take at most; all when left out.
            metrics: As for evaluate(), with one for each output.
            callbacks: Callbacks, told about one run of all batches, whose number need not be known.

        Returns:
            The metrics under the outputs, and the callbacks' data.

        Raises:
            ModelError: As evaluate() does.

        Example:
            >>> batches = ((x[i : i + 8], y[i : i + 8]) for i in range(0, 24, 8))
            >>> metrics, _ = compiled.evaluate_batch_iter(inputs, output, batches)
            >>> 0.0 <= metrics[output].result <= 1.0
            True
        """
        several_x = isinstance(inputs, (list, tuple))
        several_y = isinstance(outputs, (list, tuple))
        output_keys = list(outputs) if several_y else [outputs]
        names = {key: population_of(key, self.network).name for key in output_keys}
        found = get_metrics(metrics, output_keys)
        updates = MetricUpdates(found, names, self._shaped)
        batches = iter(data) if num_batches is None else itertools.islice(data, num_batches)

        def following() -> Optional[Tuple[Dict[str, Any], Dict[str, np.ndarray]]]:
            for x, y in batches:
                batch_x = self._inputs(dict(zip(inputs, x)) if several_x else {inputs: x})
                targets = all_labels(
                    dict(zip(output_keys, y)) if several_y else {outputs: y}, self.network
                )
                num_examples({**batch_x, **{f"labels of {k}": v for k, v in targets.items()}})
                updates.begin(targets)
                return batch_x, targets
            return None

        known = num_batches
        if known is None and hasattr(data, "__len__"):
            known = len(data)  # type: ignore[arg-type]
        run = Run(self, callbacks, found, names, num_batches=known)
        with self._lock:
            figures = self._made.evaluate_parts(
                following, updates.engine_names, run.engine(), updates.visitor
            )
        found._take(figures, names)
        return found, run.data()

    def trace(self, x: Dict[Any, Any], example: int = 0) -> Trace:
        """Runs one example step by step and returns all that happened.

        Args:
            x: Data by input population or layer.
            example: Its number.

        Returns:
            Spikes, states and readouts of all populations, see Trace.

        Raises:
            ModelError: When there is no such example.

        Example:
            >>> steps, neurons = compiled.trace({inputs: x}, 0).spikes[hidden]
        """
        inputs = self._inputs(x)
        with self._lock:
            spikes, states, readouts = self._made.trace(
                inputs, require_count(example, "trace", "example")
            )
        return Trace(self._by_population(spikes), states, self._by_population(readouts))

    def stream(self, num_examples: int = 1) -> Stream:
        """The network as it is now, to be run one timestep at a time, for input that arrives
        meanwhile.

        Args:
            num_examples: How many run side by side, each with its own state.

        Returns:
            A Stream, which has its own copy of the weights.

        Raises:
            ModelError: When num_examples is 0.

        Example:
            >>> stream = compiled.stream()
            >>> stream.step({inputs: [3, 5]})
            >>> stream.spikes(hidden)
            array([], dtype=uint32)
        """
        count = require_count(num_examples, "stream", "num_examples", 1)
        with self._lock:
            return Stream(self.network, self._made.stream(count))

    def reset(self) -> None:
        """Lets the next examples begin from their initial states at time 0, in a network that was
        compiled to carry states or currents from batch to batch."""
        with self._lock:
            self._made.reset()

    def explain(self) -> str:
        """What the compiler made of the network, as text: equations, buffers, passes in order, and
        where the kernels came from.

        Example:
            >>> print(compiled.explain().splitlines()[0])
            plan: EventProp training, 20 steps of 1 ms, batch 8, seed 0
        """
        with self._lock:
            return self._made.explain()

    def profile(self) -> Profile:
        """Where the time of runs went since the network was compiled, or since reset_profile().

        Returns:
            A Profile; as text it is a table.

        Raises:
            ModelError: For a network that was compiled without kernel_profiling.

        Example:
            >>> profiled = InferenceCompiler(20, kernel_profiling=True).compile(network)
            >>> _ = profiled.predict({inputs: x}, output)
            >>> print(profiled.profile())
            pass ...
        """
        with self._lock:
            passes, seconds, other_seconds, threads, table = self._made.profile()
        each = tuple(PassProfile(*figures) for figures in passes)
        return Profile(each, seconds, other_seconds, threads, table)

    def reset_profile(self) -> None:
        """Begins the profile anew.

        Raises:
            ModelError: For a network that was compiled without kernel_profiling.
        """
        with self._lock:
            self._made.reset_profile()

    def summary(self) -> str:
        """A table of the populations and the connections to each: shapes, how synapses are laid
        out, numbers of weights, and the memory that they take. Populations come in the order of
        the network.

        Returns:
            The text, which prompts and notebooks show without print().

        Example:
            >>> compiled.summary()
            Population (neuron)          Shape  Matrix type  Weights     Memory
            ===================================================================
            input (SpikeInput)           12
            hidden (LeakyIntegrateFire)  8
              from input (Dense)                DENSE             96  384 bytes
            output (LeakyIntegrate)      3
              from hidden (Dense)               DENSE             24   96 bytes
            ===================================================================
            Neurons: 23
            Weights: 120 (480 bytes), of which trained: 120
        """
        return Text(self._summary().text())

    def _summary(self) -> Summary:
        size = 8 if self.compiler.backend == "reference64" else 4
        populations, connections = self._made.described()
        return Summary(self.network, populations, connections, size)

    @property
    def num_timesteps(self) -> int:
        """Steps of an example."""
        return self._made.num_steps()

    @property
    def threads(self) -> int:
        """Number of threads that run it."""
        return self._made.threads()

    def _reader(self) -> InputReader:
        exact = getattr(self.compiler, "spike_times", "grid") == "exact"
        return InputReader(self.compiler.dt, self.num_timesteps, self.compiler.threads, exact)

    def _inputs(self, x: Dict[Any, Any]) -> Dict[str, Any]:
        return all_inputs(x, self.network, self._reader())

    def _num_batches(self, inputs: Dict[str, Any]) -> int:
        return self._batches_of(num_examples(inputs))

    def _batches_of(self, examples: int) -> int:
        return -(-examples // self._made.batch_size())

    def _shaped(self, readouts: np.ndarray, name: str) -> np.ndarray:
        """Readouts (examples, neurons) in the population's shape."""
        shape = self.network.find_population(name).shape or ()
        return readouts.reshape((len(readouts),) + tuple(shape))

    def _outputs(self, outputs: Any) -> Dict[Any, str]:
        """Names of outputs by the keys that the user gave."""
        known = [p for p in self.network.populations if p.neuron.readout is not None]
        if outputs is None:
            return {population: population.name for population in known}
        if not isinstance(outputs, (list, tuple)):
            outputs = (outputs,)
        keys = {key: population_of(key, self.network) for key in outputs}
        for population in keys.values():
            if population not in known:
                raise UnsupportedError(
                    f"Population {population.name}",
                    "it has no readout",
                    "give its neuron one before the network is compiled",
                    {"population": population.name},
                )
        return {key: population.name for key, population in keys.items()}

    def _by_population(self, named: Dict[str, Any]) -> ByObject:
        items = [(self.network.find_population(name), item) for name, item in named.items()]
        return ByObject(items, lambda key: population_of(key, self.network))

    def _by_connection(self, named: Dict[str, Any]) -> ByObject:
        """Results by connection; those of trained parameters by name."""
        trained = self._made.parameters()
        items = [
            (name if name in trained else self.network.find_connection(name), item)
            for name, item in named.items()
        ]
        return ByObject(items, lambda key: connection_of(key, self.network))
