"""Weights, delays and synapses of a network in a serialiser, under the names that mlGeNN gives
them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

import numpy as np

from ._parameters import FILE_NAMES, learned_delays, set_value, split_name, trainable_of, values_of
from .connectivity.sparse import OneToOne, SparseBase
from .errors import ModelError
from .serialisers import Serialiser

if TYPE_CHECKING:
    from .compilers.compiled_network import CompiledNetwork
    from .connection import Connection
    from .network import Network

INDICES = ("pre_ind", "post_ind")
Keys = Tuple[Any, ...]


def save_weights(compiled: "CompiledNetwork", keys: Keys, serialiser: Serialiser) -> None:
    """Saves the weights of every connection that keeps any, flat, as "g", its delays as "d" where
    they differ, the synapses of those that were rewired, and trained parameters by their names."""
    for name in compiled._made.connections_with_weights():
        serialiser.serialise((*keys, name, "g"), _compact(compiled.weights(name).ravel()))
        delays = compiled.delays(name)
        if delays.ndim:
            serialiser.serialise((*keys, name, "d"), _compact(delays.ravel()))
    for name in compiled._made.rewired_connections():
        _save_synapses_of(compiled, name, keys, serialiser)
    for name, value in compiled.parameters().items():
        owner, parameter = split_name(name)
        if parameter == "delay" and owner in learned_delays(compiled):
            continue  # saved above
        file_name = FILE_NAMES.get(parameter, parameter)
        serialiser.serialise((*keys, owner, file_name), value.ravel())


def save_synapses(compiled: "CompiledNetwork", keys: Keys, serialiser: Serialiser) -> None:
    """Saves which synapses there are of every connection that is laid out as SPARSE."""
    for name, _, _, _, matrix_type, _, _ in compiled._made.described()[1]:
        if matrix_type != "SPARSE":
            continue
        _save_synapses_of(compiled, name, keys, serialiser)


def _save_synapses_of(
    compiled: "CompiledNetwork", name: str, keys: Keys, serialiser: Serialiser
) -> None:
    synapses = compiled.synapses(name)
    serialiser.serialise((*keys, name, "pre_ind"), synapses.pre)
    serialiser.serialise((*keys, name, "post_ind"), synapses.post)


def load_network(network: "Network", keys: Keys, serialiser: Serialiser, strict: bool) -> None:
    """Makes saved weights, delays, synapses and biases the initial ones: all of them or, when
    something is wrong, none."""
    found = _Found(strict)
    for connection in network.connections:
        arrays = serialiser.deserialise_all((*keys, connection.name))
        found.take_connection(connection, arrays)
    for population in network.populations:
        arrays = serialiser.deserialise_all((*keys, population.name))
        found.take_neuron(population, arrays)
    found.note_others(network, serialiser.names(keys))
    found.require_all()
    for owner, attribute, value in found.values:
        setattr(owner, attribute, value)
    for described, name, values in found.parameters:
        set_value(described, name, values)


class _Found:
    """What was found, and what is wrong with it."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.values: List[Tuple[Any, str, Any]] = []
        self.parameters: List[Tuple[Any, str, np.ndarray]] = []
        self.missing: List[str] = []
        self.unknown: List[str] = []

    def take_connection(self, connection: "Connection", arrays: Dict[str, np.ndarray]) -> None:
        connectivity = connection.connectivity
        chosen = isinstance(connectivity, SparseBase)
        known = self._take_parameters(connection.name, connection.synapse, arrays)
        self._take_unknown(connection.name, arrays, ("g", "d", *INDICES, *known))
        listed = [name for name in INDICES if name in arrays]
        if chosen and len(listed) == 2:
            for name in INDICES:
                self.values.append((connectivity, name, arrays[name]))
        has_list = len(listed) == 2 or getattr(connectivity, "pre_ind", None) is not None
        drawn = chosen and not has_list and not isinstance(connectivity, OneToOne)
        if drawn and arrays:
            # Which synapse a weight belongs to would be a matter of luck.
            self.missing += [f"{connection.name}: {name}" for name in INDICES]
            return
        count = len(arrays["pre_ind"]) if chosen and len(listed) == 2 else None
        for name, attribute in (("g", "weight"), ("d", "delay")):
            if name in arrays:
                value = _fitted(connection, arrays[name], count, name)
                if isinstance(connectivity, SparseBase) and count is None:
                    value = _in_listed_order(connectivity, value)
                self.values.append((connectivity, attribute, value))
        if "g" not in arrays and _has_weights(connection):
            self.missing.append(f"{connection.name}: g")

    def take_neuron(self, population: Any, arrays: Dict[str, np.ndarray]) -> None:
        known = self._take_parameters(population.name, population.neuron, arrays)
        self._take_unknown(population.name, arrays, known)

    def _take_parameters(
        self, owner: str, described: Any, arrays: Dict[str, np.ndarray]
    ) -> List[str]:
        """Takes trained parameters, and biases, which e-prop trains without a mark.

        Returns:
            Their names in files.
        """
        marked = list(trainable_of(described))
        with_bias = [*marked, "bias"] if "bias" in values_of(described) else marked
        known = {FILE_NAMES.get(name, name): name for name in with_bias}
        for file_name, name in known.items():
            if file_name in arrays:
                if not np.isfinite(arrays[file_name]).all():
                    raise ModelError(
                        "Network.load",
                        f"{owner}: {file_name} has values that are not finite",
                        "save them again",
                        {"parameter": name},
                    )
                self.parameters.append((described, name, arrays[file_name]))
            elif name in marked:
                self.missing.append(f"{owner}: {file_name}")
        return list(known)

    def note_others(self, network: "Network", names: Any) -> None:
        """Arrays of what the network does not have. Names that end in one that it has are those of
        longer keys, such as the number of an epoch."""
        known = [connection.name for connection in network.connections]
        known += [population.name for population in network.populations]
        for owner, name in names or ():
            if owner not in known and not any(owner.endswith(f"-{each}") for each in known):
                self.unknown.append(f"{owner}: {name}")

    def require_all(self) -> None:
        if not self.strict or not (self.missing or self.unknown):
            return
        problems = []
        if self.missing:
            problems.append("there is no " + ", ".join(self.missing))
        if self.unknown:
            problems.append("the network does not have " + ", ".join(self.unknown))
        raise ModelError(
            "Network.load",
            " and ".join(problems),
            "check the keys and the network; strict=False loads what there is of both",
            {"missing": ", ".join(self.missing), "unknown": ", ".join(self.unknown)},
        )

    def _take_unknown(
        self, owner: str, arrays: Dict[str, np.ndarray], known: Sequence[str]
    ) -> None:
        self.unknown += [f"{owner}: {name}" for name in arrays if name not in known]


def _has_weights(connection: "Connection") -> bool:
    return bool(_snippet(connection).trainable)


def _snippet(connection: "Connection") -> Any:
    types = ["TOEPLITZ", "PROCEDURAL_KERNELG", "DENSE", "SPARSE"]
    return connection.connectivity.get_snippet(connection, types)


def _fitted(connection: "Connection", array: np.ndarray, count: Any, name: str) -> Any:
    """An array in the shape that the connectivity takes."""
    if not np.isfinite(array).all():
        raise ModelError(
            "Network.load",
            f"{connection.name}: {name} has values that are not finite",
            "save them again",
            {"connection": connection.name},
        )
    snippet = _snippet(connection)
    shape = snippet.weight_shape if count is None else (count,)
    if array.ndim == 0 or (name == "d" and array.size == 1):
        return float(array.ravel()[0])
    if not shape or array.size == int(np.prod(shape)):
        return array.reshape(shape) if shape else array.ravel()
    kernel = _shared(snippet, array)
    if kernel is None:
        raise ModelError(
            "Network.load",
            f"{connection.name}: {name} has shape {array.shape}, but the connection takes "
            f"{tuple(shape)}",
            "give weights of a network with the same shapes",
            {"connection": connection.name, "shape": str(array.shape)},
        )
    return kernel


def _in_listed_order(connectivity: SparseBase, values: Any) -> Any:
    """Values that were saved synapse by synapse, by source neuron and then by target, in the order of
    the connectivity's own list."""
    pre, post = connectivity.pre_ind, connectivity.post_ind
    if pre is None or post is None or not isinstance(values, np.ndarray):
        return values
    listed = np.empty_like(values)
    listed[np.lexsort((post, pre))] = values
    return listed


def _shared(snippet: Any, array: np.ndarray) -> Any:
    """The kernel of a convolution whose weights were saved synapse by synapse, if they are equal
    where they are shared here."""
    _, _, element = snippet.synapses()
    if array.size != len(element):
        return None
    kernel = np.zeros(int(np.prod(snippet.weight_shape)))
    kernel[element] = array.ravel()
    if not np.allclose(kernel[element], array.ravel(), rtol=1e-6, atol=0.0):
        return None
    return kernel.reshape(snippet.weight_shape)


def _compact(array: np.ndarray) -> np.ndarray:
    """As float32 where that loses nothing, which it does not on most backends."""
    single = array.astype(np.float32)
    return single if np.array_equal(single, array) else array
