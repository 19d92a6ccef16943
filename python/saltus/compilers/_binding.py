"""Data and results by population: from objects to the engine's names and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Tuple

import numpy as np

from .. import _saltus
from ..connection import population_of
from ..errors import ArgumentTypeError, ModelError
from ..neurons import Input, SpikeInput
from ..utils._sources import read_sources, to_numpy
from ..utils.data import EncodedImages, preprocess_tonic_spikes

if TYPE_CHECKING:
    from ..network import Network
    from ..population import Population

_ENGINE_SPIKES = (_saltus.GridSpikes, _saltus.SpikeTrains)


class ByObject(Dict[Any, Any]):
    """Results by population or connection, which are also found under their layers and names."""

    def __init__(self, items: Iterable[Tuple[Any, Any]], find: Callable[[Any], Any]) -> None:
        super().__init__(items)
        self._find = find

    def __missing__(self, key: Any) -> Any:
        found = self._find(key)
        if found in self:
            return self[found]
        raise KeyError(key)


class InputReader:
    """Turns what users give for a population into what the engine takes.

    Args:
        dt: Length of a timestep in ms.
        num_steps: Steps of an example.
        threads: Threads that sort spikes into steps.
        exact: Whether spikes keep their exact times instead.
    """

    def __init__(self, dt: float, num_steps: int, threads: int, exact: bool = False) -> None:
        self.dt = dt
        self.exact = exact
        self.num_steps = num_steps
        self.threads = threads

    def __call__(self, given: Any, population: "Population") -> Any:
        if not isinstance(population.neuron, Input):
            raise ModelError(
                "Inputs",
                f"there is no input population '{population.name}'",
                "give data for populations of input neurons",
                {"population": population.name},
            )
        if isinstance(given, _ENGINE_SPIKES):
            return given
        if isinstance(population.neuron, SpikeInput):
            return self._spikes(given, population)
        return _values(given, population)

    def _spikes(self, examples: Any, population: "Population") -> Any:
        """Spikes from a list of PreprocessedSpikes."""
        where = f"Input {population.name}"
        examples = to_numpy(examples)
        sensor = getattr(examples, "sensor_size", None)
        if isinstance(examples, np.ndarray) and examples.dtype != object:
            raise ArgumentTypeError(
                where,
                "it takes spike times and was given an array of values",
                "encode the values, for example with linear_latency_encode_data()",
                {"population": population.name},
            )
        if isinstance(examples, EncodedImages) and len(examples) and not self.exact:
            return self._grid(
                examples.num_neurons,
                population,
                lambda: examples.on_grid(self.dt, self.num_steps, self.threads),
            )
        rows: List[Tuple[np.ndarray, np.ndarray]] = []
        for example in examples:
            if getattr(getattr(example, "dtype", None), "names", None):
                example = _from_events(example, sensor, population)
            try:
                end_spikes, spike_times = example
            except (TypeError, ValueError):
                raise ArgumentTypeError(
                    where,
                    f"example {len(rows)} is a {type(example).__name__}",
                    "give a list of PreprocessedSpikes, see saltus.utils.data",
                    {"population": population.name},
                ) from None
            rows.append((np.asarray(end_spikes), np.asarray(spike_times)))
        return self._grid(
            population.size,
            population,
            lambda: (
                _saltus.SpikeTrains.from_rows(population.size, rows)
                if self.exact
                else _saltus.GridSpikes.from_rows(
                    population.size, rows, self.dt, self.num_steps, self.threads
                )
            ),
        )

    def _grid(self, neurons: int, population: "Population", make: Callable[[], Any]) -> Any:
        """Spikes on the grid; errors name the population."""
        where = f"Input {population.name}"
        if neurons != population.size:
            raise ModelError(
                where,
                f"its spikes are of {neurons} neurons, but the population has {population.size}",
                "give data of the population's size",
                {"population": population.name},
            )
        try:
            return make()
        except ModelError as error:
            raise ModelError(
                f"{where}, {error.where}",
                error.problem,
                error.advice,
                {**error.fields, "population": population.name},
            ) from None


def _from_events(events: Any, sensor: Any, population: "Population") -> Any:
    """The spikes of an example from its events, a structured array as Tonic has them."""
    if sensor is None:
        shape = tuple(population.shape or ())
        if len(shape) != 3:
            raise ModelError(
                f"Input {population.name}",
                f"its examples are events, but it has shape {shape}",
                "give it the shape (rows, columns, polarities) of the sensor",
                {"population": population.name, "shape": str(shape)},
            )
        sensor = (shape[1], shape[0], shape[2])
    return preprocess_tonic_spikes(events, events.dtype.names, sensor)


def _values(given: Any, population: "Population") -> np.ndarray:
    """Values of every example, (examples, neurons) or (examples, frames, neurons). They are only
    copied when they are of another type than those below or do not lie in order."""
    where = f"Input {population.name}"
    values = np.asarray(to_numpy(given))
    if values.dtype.kind not in "biuf":
        raise ArgumentTypeError(where, f"its data are of type {values.dtype}", "give numbers")
    shape = tuple(population.shape or ())
    frames = frames_of(population)
    known = [(*frames, *shape), (*frames, population.size)]
    if values.ndim < 2 or values.shape[1:] not in known:
        of_frames = f" and {frames[0]} frames" if frames else ""
        raise ModelError(
            where,
            f"its values have shape {values.shape}, but the population has shape {shape}"
            f"{of_frames}",
            f"give values of shape (examples, {', '.join(map(str, (*frames, *shape)))})",
            {"population": population.name, "shape": str(values.shape)},
        )
    return as_engine_numbers(values).reshape((len(values), *frames, population.size))


def as_engine_numbers(values: np.ndarray) -> np.ndarray:
    """The array itself where it lies in order and is of a type that the engine reads."""
    if values.dtype == np.bool_:
        values = values.view(np.uint8)
    kept = values.dtype in (np.float64, np.float32, np.uint8)
    return np.ascontiguousarray(values, dtype=values.dtype if kept else np.float64)


def frames_of(population: "Population") -> Tuple[int, ...]:
    """The axis of frames of a population's data, if it has one."""
    frames = getattr(population.neuron, "input_frames", 1)
    return (frames,) if frames > 1 else ()


def targets(given: Any, population: "Population") -> np.ndarray:
    """What an output is compared with: class labels as int32, from whole numbers of shape
    (examples,), or values (examples, neurons) or (examples, timesteps, neurons), copied no more
    than needed."""
    where = f"Labels {population.name}"
    array = np.asarray(to_numpy(given))
    if array.dtype.kind not in "biuf":
        raise ArgumentTypeError(
            where, f"they are of type {array.dtype}", "give whole numbers, for example int64"
        )
    if array.ndim == 1 and array.dtype.kind == "f" and population.size == 1:
        array = array[:, None]
    if array.ndim > 1:
        return _target_values(array, population)
    if array.ndim != 1:
        raise ModelError(
            where,
            f"they have shape {array.shape}",
            "give one class for each example: shape (examples,)",
            {"population": population.name, "shape": str(array.shape)},
        )
    if array.dtype.kind == "f":
        raise ArgumentTypeError(
            where,
            f"they are of type {array.dtype}",
            "give whole numbers, for example int64, or values of shape (examples,) + the "
            "population's shape",
        )
    limits = np.iinfo(np.int32)
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        raise ModelError(where, f"they hold {array.max()}", "give numbers of classes, from 0 on")
    return np.ascontiguousarray(array, dtype=np.int32)


def _target_values(array: np.ndarray, population: "Population") -> np.ndarray:
    where = f"Labels {population.name}"
    shape, size = tuple(population.shape or ()), population.size
    if array.shape[1:] in (shape, (size,)):
        return as_engine_numbers(array).reshape(len(array), size)
    if array.shape[2:] in (shape, (size,)):
        return as_engine_numbers(array).reshape(len(array), array.shape[1], size)
    listed = ", ".join(map(str, shape))
    raise ModelError(
        where,
        f"they have shape {array.shape}, but the population has shape {shape}",
        f"give one class for each example, or values of shape (examples, {listed}), or (examples, "
        f"timesteps, {listed}) for those of every timestep",
        {"population": population.name, "shape": str(array.shape)},
    )


def _by_name(
    given: Any, network: "Network", what: str, convert: Callable[[Any, "Population"], Any]
) -> Dict[str, Any]:
    if not isinstance(given, dict):
        raise ArgumentTypeError(
            what, f"a {type(given).__name__} was given", "give a dictionary by population or layer"
        )
    converted = {}
    for key, data in given.items():
        population = population_of(key, network)
        converted[population.name] = convert(data, population)
    return converted


def all_inputs(given: Any, network: "Network", read: InputReader) -> Dict[str, Any]:
    """Inputs by the names of their populations, from anything that evaluate() takes."""
    if isinstance(given, dict):
        given = read_sources(given)[0]
    return _by_name(given, network, "Inputs", read)


def all_labels(given: Any, network: "Network") -> Dict[str, np.ndarray]:
    """Labels or values by the names of their populations."""
    if isinstance(given, dict):
        given = read_sources({}, given)[1]
    return _by_name(given, network, "Labels", targets)


def inputs_and_labels(
    x: Any, y: Any, network: "Network", read: InputReader
) -> Tuple[Dict[str, Any], Dict[str, np.ndarray]]:
    """Both, of one number of examples. A dataset that stands in both is read once."""
    if isinstance(x, dict) and isinstance(y, dict):
        x, y = read_sources(x, y)
    inputs, given = all_inputs(x, network, read), all_labels(y, network)
    num_examples({**inputs, **{f"labels of {name}": item for name, item in given.items()}})
    return inputs, given


def num_examples(data: Dict[str, Any], where: str = "Dataset") -> int:
    """The number of examples that all inputs or labels have."""
    counts = {
        name: item.num_examples if isinstance(item, _ENGINE_SPIKES) else len(item)
        for name, item in data.items()
    }
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise ModelError(where, f"numbers of examples differ: {listed}", "give as many for each")
    return next(iter(counts.values()), 0)
