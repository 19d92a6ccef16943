"""The base of all connectivity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence, Tuple

import numpy as np

from .. import _saltus
from .._described import Described
from .._values import ValueAttribute

if TYPE_CHECKING:
    from ..connection import Connection
    from ..population import Population

#: A number, an array, an initializer or the name of one.
InitValue = Any


class Connectivity(Described):
    """Base of all connectivity. To write your own, derive from RowConnectivity.

    Attributes:
        weight: Synaptic weights: a number, a read-only array or an initializer. May be set anew
            until the network is compiled.
        delay: Delays in timesteps, on top of the one step that every spike takes; likewise.

    Args:
        weight: As above, or the name of an initializer.
        delay: Likewise.

    Example:
        >>> dense = Dense(0.1)
        >>> dense.weight = Normal(sd=0.2)
        >>> dense
        Dense(weight=Normal(mean=0.0, sd=0.2), delay=0.0)
    """

    weight = ValueAttribute()
    delay = ValueAttribute()

    def __init__(self, weight: InitValue, delay: InitValue) -> None:
        self.weight = weight
        self.delay = delay

    def connect(self, source: "Population", target: "Population") -> None:
        """Infers the shapes of two populations where it can, and checks them where they are given.
        Called when a Connection is made.

        Args:
            source: Source population.
            target: Target population.

        Raises:
            ModelError: Naming both shapes, when they do not fit.

        Example:
            >>> with Network():
            ...     image = Population(SpikeInput(), (28, 28, 1))
            ...     features = Population(LeakyIntegrateFire())
            >>> Conv2D(1.0, filters=8, conv_size=3).connect(image, features)
            >>> features.shape
            (26, 26, 8)
        """
        self._engine().connect(source._described, target._described)
        source._keep_shape()
        target._keep_shape()

    def get_snippet(
        self, connection: "Connection", supported_matrix_type: Sequence[str]
    ) -> "ConnectivitySnippet":
        """How the synapses of a connection are laid out.

        Args:
            connection: A connection between two populations with shapes.
            supported_matrix_type: Names of matrix types, the best first: "DENSE", "SPARSE",
                "PROCEDURAL", "PROCEDURAL_KERNELG", "TOEPLITZ".

        Returns:
            The layout, as the first of these types that this connectivity offers.

        Raises:
            UnsupportedError: When it offers none of them.
            ModelError: When shapes, weights or delays do not fit.

        Example:
            >>> connection = hidden.connection()
            >>> connection.connectivity.get_snippet(connection, ["SPARSE", "DENSE"])
            <ConnectivitySnippet: DENSE, weights of shape (12, 8), trainable>
        """
        network = connection._network()
        made = _saltus.get_snippet(
            network._described, connection.name, self._engine(), list(supported_matrix_type)
        )
        return ConnectivitySnippet(made, connection)


class ConnectivitySnippet:
    """How the synapses of one connection are laid out.

    Attributes:
        matrix_type: "DENSE", "SPARSE", "PROCEDURAL", "PROCEDURAL_KERNELG" or "TOEPLITZ".
        weight_shape: Shape of the weights; () for one weight a synapse.
        weight_scale: What every weight is multiplied with on its way (1 / area of a pool).
        trainable: Whether training may change the weights.

    Args:
        made: The engine's layout.
        connection: The connection that it is of.

    Example:
        >>> connection = hidden.connection()
        >>> connection.connectivity.get_snippet(connection, ["DENSE"]).matrix_type
        'DENSE'
    """

    def __init__(self, made: _saltus.ConnectivitySnippet, connection: "Connection") -> None:
        self._made = made
        self._index = connection._network().connections.index(connection)
        self.matrix_type: str = made.matrix_type
        self.weight_shape: Tuple[int, ...] = tuple(made.weight_shape)
        self.weight_scale: float = made.weight_scale
        self.trainable: bool = made.trainable

    def __repr__(self) -> str:
        return (
            f"<ConnectivitySnippet: {self.matrix_type}, weights of shape {self.weight_shape}, "
            f"{'trainable' if self.trainable else 'fixed'}>"
        )

    def synapses(self, seed: int = 0) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All synapses, by source neuron.

        Args:
            seed: The compiler's rng_seed, on which random connectivity depends.

        Returns:
            Source neurons, target neurons, and the elements that hold weight and delay; each of
            shape (synapses,).

        Example:
            >>> connection = hidden.connection()
            >>> snippet = connection.connectivity.get_snippet(connection, ["DENSE"])
            >>> pre, post, element = snippet.synapses()
            >>> len(pre)
            96
        """
        return self._made.synapses(seed, self._index)
