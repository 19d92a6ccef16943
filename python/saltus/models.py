"""Trained networks as files: one HDF5 file that holds the description and the weights. The program
(`saltus evaluate`), C++ and Python read it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional, Tuple, Union

import numpy as np

from . import _saltus
from ._absent import absent
from ._parameters import learned_delays, owner_of, set_value, split_name
from .connectivity import AvgPool2D, OneToOne, SparseBase
from .errors import ModelError

if TYPE_CHECKING:
    from .compilers import CompiledNetwork, Compiler
    from .network import Network

__all__ = ["SavedModel", "load_model", "save_model"]

Path = Union[str, "os.PathLike[str]"]


class SavedModel(NamedTuple):
    """A network that was read from a file.

    Attributes:
        network: Its description, with the saved weights as the initial ones.
        compiler: The compiler that it was saved with.
        metrics: What was said to have been achieved, such as {"accuracy": 0.87}.
        description: What was said about it.

    Example:
        >>> compiled.save_model("model.h5", metrics={"accuracy": 0.9})
        >>> model = saltus.load_model("model.h5")
        >>> again = model.compiler.compile(model.network)
        >>> bool((again.weights("Conn_input_hidden") == compiled.weights(hidden)).all())
        True
    """

    network: "Network"
    compiler: "Compiler"
    metrics: Dict[str, float]
    description: str


def save_model(
    path: Path,
    compiled: "CompiledNetwork",
    description: str = "",
    metrics: Optional[Dict[str, float]] = None,
    data: Optional[Dict[str, Any]] = None,
    encoding: Optional[Dict[str, Any]] = None,
) -> None:
    """Saves a network with its weights, at once or not at all. The method save_model() of compiled
    networks does the same.

    Args:
        path: The file, for example "model.h5"; it is replaced.
        compiled: The compiled network.
        description: One sentence about it.
        metrics: What it achieved, by name.
        data: Where the images are that `saltus evaluate` tests it with, by the keys of the section
            [data] of network files: "folder", "test_images", "test_labels", and "train_images",
            "train_labels" for `saltus train`. saltus.utils.data.write_idx() writes such files. Of
            recordings: "format" ("nmnist" or "heidelberg"), "folder", "test" and "train". The
            environment variable SALTUS_DATA takes the place of the folder.
        encoding: How images become spikes (recordings are spikes already), by the keys of the section [encoding]: "type"
            ("linear_latency" or "log_latency"), "min_time", "max_time" or "tau_eff", "threshold".

    Raises:
        UnsupportedError: For a network that network files cannot describe, such as one with
            neurons of a class of your own; save its weights with save().
        ModelError: For weights or data that are not as they should be.
        RuntimeFault: When the file cannot be written.

    Example:
        >>> save_model("model.h5", compiled, "three clouds of spikes", {"accuracy": 0.9})
    """
    from . import _network_reading, _network_text

    text = _network_text.network_text(
        compiled, description, _data_section(data), dict(encoding or {})
    )
    name = os.path.abspath(os.path.splitext(os.fspath(path))[0] + ".toml")
    _network_reading.parse(text, name)
    kept = compiled._made.connections_with_weights()
    weights = {connection: compiled.weights(connection) for connection in kept}
    weights.update({name: np.atleast_1d(value) for name, value in compiled.parameters().items()})
    rewired = {}
    for connection in compiled._made.rewired_connections():
        synapses = compiled.synapses(connection)
        rewired[connection] = (synapses.pre, synapses.post)
    figures = {str(key): float(value) for key, value in (metrics or {}).items()}
    _saltus.save_model(os.fspath(path), name, text, weights, figures, rewired)


def load_model(path: Path) -> SavedModel:
    """Reads a network that save_model() or `saltus train` saved.

    Args:
        path: The file.

    Returns:
        The network, whose initial weights are those of the file, and its compiler.

    Raises:
        RuntimeFault: When the file cannot be read or is damaged.
        ModelError: When it is something else.

    Example:
        >>> compiled.save_model("model.h5")
        >>> network = saltus.load_model("model.h5").network
        >>> tested = InferenceCompiler(20).compile(network)
    """
    from . import _network_reading

    name, text, weights, metrics, synapses = _saltus.load_model(os.fspath(path))
    root = _network_reading.parse(text, f"{os.fspath(path)} ({os.path.basename(name)})")
    network, compiler = _network_reading.read_network(root)
    _take_weights(network, compiler, weights, synapses, os.fspath(path))
    return SavedModel(network, compiler, metrics, root.get("description", ""))


def _data_section(given: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    if given is None:
        return {}
    section: Dict[str, Any] = {"format": "idx", **given}
    if "folder" in section:
        section["folder"] = os.path.abspath(os.fspath(section["folder"]))
    # A network file names both; what only tests needs no others.
    for what in ("_images", "_labels", ""):
        if f"test{what}" in section:
            section.setdefault(f"train{what}", section[f"test{what}"])
    return section


def _take_weights(
    network: "Network",
    compiler: "Compiler",
    weights: Dict[str, np.ndarray],
    synapses: Dict[str, Tuple[np.ndarray, np.ndarray]],
    path: str,
) -> None:
    """Makes saved weights the initial ones. Synapses that were drawn become a list, since they
    would be others with another seed; lists come into the order that weights are saved in."""
    compiled = compiler.compile(network)
    trained = compiled._made.parameters()
    learned = learned_delays(compiled)
    kept = compiled._made.connections_with_weights() + trained
    if sorted(kept) != sorted(weights):
        raise ModelError(
            path,
            f"it has weights of {', '.join(sorted(weights)) or 'no connection'}, but its network "
            f"keeps those of {', '.join(sorted(kept)) or 'none'}",
            "give a model that was saved whole",
            {"file": path},
        )
    for name, pairs in synapses.items():
        compiled.set_synapses(name, *pairs)
    for name, values in weights.items():
        if name in trained:
            compiled.set_parameter(name, values)
            owner, parameter = split_name(name)
            if parameter == "delay" and owner in learned:
                continue
            set_value(owner_of(network, owner), parameter, values)
            continue
        compiled.set_weights(name, values)
        connectivity = network.find_connection(name).connectivity
        is_ruled = _is_in_order(connectivity) and name not in synapses
        if isinstance(connectivity, SparseBase) and not is_ruled:
            listed = compiled.synapses(name)
            connectivity.pre_ind, connectivity.post_ind = listed.pre, listed.post
            if not isinstance(connectivity.delay, float):
                connectivity.delay = listed.delay
        if not isinstance(connectivity, AvgPool2D):
            connectivity.weight = values
    for name in learned:
        network.find_connection(name).connectivity.delay = compiled.delays(name)


def _is_in_order(connectivity: Any) -> bool:
    """Whether a rule always makes the same synapses, by source neuron and then by target."""
    return isinstance(connectivity, OneToOne) and connectivity.pre_ind is None


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)
