"""What a compiled network keeps, and how it is saved."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Union, cast

import numpy as np

from .. import _saltus
from .._saved_weights import save_synapses, save_weights
from .._values import to_array, to_indices
from ..connection import Connection, connection_of
from ..serialisers import get_serialiser
from ._results import Synapses

if TYPE_CHECKING:
    from ..layers import Layer
    from ..network import Network
    from .compiled_network import CompiledNetwork

    AnyConnection = Union[Connection, Layer, str]


class KeepsWeights:
    """Weights and delays of a compiled network, read, replaced and saved."""

    network: "Network"
    _made: _saltus.CompiledNetwork
    _lock: threading.RLock

    @property
    def _self(self) -> "CompiledNetwork":
        return cast("CompiledNetwork", self)

    def weights(self, connection: "AnyConnection") -> np.ndarray:
        """The weights that a connection keeps.

        Args:
            connection: Connection, layer or name.

        Returns:
            Array of shape (source size, target size) of a dense connection, of the kernel's shape
            of a convolution, and (synapses,) of a sparse one, in the order of synapses().

        Raises:
            ModelError: For a connection that is computed whenever it is used.

        Example:
            >>> numpy.save("hidden.npy", compiled.weights(hidden))
        """
        with self._lock:
            return self._made.weights(connection_of(connection, self.network).name)

    def set_weights(self, connection: "AnyConnection", weights: np.ndarray) -> None:
        """Replaces the weights of a connection.

        Args:
            connection: Connection, layer or name.
            weights: Array of the shape of weights(), of any number type.

        Raises:
            ModelError: When the shape is another, or a weight is not finite.

        Example:
            >>> weights = compiled.weights(hidden)
            >>> compiled.set_weights(hidden, 0.5 * weights)
        """
        array = to_array(weights, "set_weights", "weights")
        with self._lock:
            self._made.set_weights(connection_of(connection, self.network).name, array)

    def parameters(self) -> Dict[str, np.ndarray]:
        """The parameters that are marked as Trainable, and learned delays, as they are now.

        Returns:
            By "population.parameter" ("connection.parameter" of a synapse) an array without
            dimensions, or of shape (neurons,) where every neuron has its own, in the parameter's
            unit; by "connection.delay" learned delays in timesteps, in the shape of weights().

        Example:
            >>> compiled.parameters()
            {}
        """
        with self._lock:
            return {name: self._made.parameter(name) for name in self._made.parameters()}

    def set_parameter(self, name: str, value: Any) -> None:
        """Replaces the value of a parameter that is marked as Trainable.

        Args:
            name: "population.parameter", or "connection.parameter" of a synapse.
            value: Number, or array of shape (neurons,) where every neuron has its own; delays in
                timesteps, in the shape of weights().

        Raises:
            ModelError: When there is no such parameter, the shape is another, or a value is not
                finite or outside of the parameter's bounds.

        Example:
            >>> for name, value in compiled.parameters().items():
            ...     compiled.set_parameter(name, 0.9 * value)
        """
        array = to_array(value, "set_parameter", "value")
        with self._lock:
            self._made.set_parameter(name, array)

    def delays(self, connection: "AnyConnection") -> np.ndarray:
        """The delays of a connection in timesteps, on top of the one that every spike takes.

        Args:
            connection: Connection, layer or name.

        Returns:
            Array without dimensions when all synapses have the same delay, otherwise one for each
            weight, in the shape of weights(). Learned ones are those of now, and need not be whole.

        Raises:
            ModelError: For different delays of a connection that keeps no weights; synapses()
                has them.

        Example:
            >>> compiled.delays(hidden)
            array(0.)
        """
        with self._lock:
            return self._made.delays(connection_of(connection, self.network).name)

    def synapses(self, connection: "AnyConnection") -> Synapses:
        """The synapses of a connection, by source neuron, then by target.

        Args:
            connection: Connection, layer or name.

        Example:
            >>> pre, post, weight, delay = compiled.synapses(hidden)
        """
        with self._lock:
            return Synapses(*self._made.synapses(connection_of(connection, self.network).name))

    def set_synapses(self, connection: "AnyConnection", pre: np.ndarray, post: np.ndarray) -> None:
        """Puts others in the place of a connection's synapses: as many, whose weights keep their
        order. What training has rewired gets into another network of the same description in this
        way, before set_weights().

        Args:
            connection: Connection, layer or name: one that is laid out as SPARSE, with one delay for
                all synapses.
            pre: Source neuron of each synapse, of shape (synapses,).
            post: Target neuron of each. Pairs come by source neuron, then by target, each once: in
                the order of synapses().

        Raises:
            ModelError: For another connection, or pairs that are not as above.

        Example:
            >>> rewired = EventPropCompiler(
            ...     20, "sparse_categorical_crossentropy", deep_r_conns=[sparse_hidden]
            ... ).compile(sparse_network)
            >>> tested = InferenceCompiler(20).compile(sparse_network)
            >>> pre, post, _, _ = rewired.synapses(sparse_hidden)
            >>> tested.set_synapses(sparse_hidden, pre, post)
            >>> tested.set_weights(sparse_hidden, rewired.weights(sparse_hidden))
        """
        indices = [
            to_indices(given, "set_synapses", name)
            for given, name in ((pre, "pre"), (post, "post"))
        ]
        with self._lock:
            self._made.set_synapses(connection_of(connection, self.network).name, *indices)

    def save(self, keys: Sequence[Any] = (), serialiser: Any = "numpy") -> None:
        """Saves the weights of every connection that keeps any, its delays where they differ, its
        synapses where training has rewired them, and trained parameters, for Network.load().

        Args:
            keys: What comes before the connection's name and "g" or "d" in the names of the arrays
                (or the population's and the parameter's), such as (epoch,).
            serialiser: Serialiser, or its name.

        Raises:
            ModelError: For keys that the serialiser cannot take.
            RuntimeFault: When a file cannot be written.

        Example:
            >>> compiled.save(("best",), saltus.serialisers.Numpy("weights"))
            >>> sorted(os.listdir("weights"))
            ['best-Conn_hidden_output-g.npy', 'best-Conn_input_hidden-g.npy']
        """
        save_weights(self._self, tuple(keys), get_serialiser(serialiser))

    def save_connectivity(self, keys: Sequence[Any] = (), serialiser: Any = "numpy") -> None:
        """Saves which synapses there are, as "pre_ind" and "post_ind", of every connection that is
        laid out as SPARSE. Network.load() needs them for synapses that were drawn.

        Args:
            keys: What comes before the connection's name in the names of the arrays.
            serialiser: Serialiser, or its name.

        Raises:
            ModelError: For keys that the serialiser cannot take.
            RuntimeFault: When a file cannot be written.

        Example:
            >>> compiled.save_connectivity((0,), saltus.serialisers.Numpy("weights"))
        """
        save_synapses(self._self, tuple(keys), get_serialiser(serialiser))

    def save_model(
        self,
        path: Union[str, "os.PathLike[str]"],
        description: str = "",
        metrics: Optional[Dict[str, float]] = None,
        data: Optional[Dict[str, Any]] = None,
        encoding: Optional[Dict[str, Any]] = None,
    ) -> None:
        """Saves the network with its weights as one HDF5 file, which saltus.load_model(), C++ and
        the program (`saltus evaluate`) read.

        Args:
            path: The file, for example "model.h5"; it is replaced.
            description: One sentence about the network.
            metrics: What it achieved, by name.
            data: Where the images are that `saltus evaluate` tests it with, as for
                saltus.models.save_model().
            encoding: How they become spikes, likewise.

        Raises:
            UnsupportedError: For a network that network files cannot describe.
            ModelError: For weights or data that are not as they should be.
            RuntimeFault: When the file cannot be written.

        Example:
            >>> compiled.save_model("model.h5", metrics={"accuracy": 0.9})
        """
        from ..models import save_model

        save_model(path, self._self, description, metrics, data, encoding)
