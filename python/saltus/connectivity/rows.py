"""Connectivity that is written in Python."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple, Optional, Tuple

import numpy as np

from .. import _saltus
from .._described import snake_case
from .._values import engine_value, to_indices
from ..errors import ModelError
from ..initializers import RandomStream
from .connectivity import Connectivity, InitValue


class RowRequest(NamedTuple):
    """What a row may depend on, besides its source neuron.

    Attributes:
        num_pre: Neurons of the source.
        num_post: Neurons of the target.
        stream: Random numbers; take the source neuron as the element.

    Example:
        >>> class Some(RowConnectivity):
        ...     def row(self, pre, request):
        ...         chance = [request.stream.uniform(pre, k) for k in range(request.num_post)]
        ...         return numpy.flatnonzero(numpy.array(chance) < 0.1)
    """

    num_pre: int
    num_post: int
    stream: RandomStream


class RowConnectivity(Connectivity):
    """Base of connectivity that you write: says row by row which synapses there are. It runs, and
    trains, on every backend.

    A subclass has ``row(pre)`` or ``row(pre, request)``. It returns the targets of a source neuron,
    or a tuple (targets, weights) or (targets, weights, delays) of arrays of the same length, where
    weights may be None. Rows that come with weights or delays replace those given to the
    constructor; otherwise an array holds one value for each synapse, by source neuron, then in the
    order of the row.

    Args:
        weight: Number, array with one value a synapse, initializer or its name.
        delay: The same, in timesteps.

    Attributes:
        rows_are_independent: Whether each row depends on its arguments alone and comes without
            weights and delays. Such rows may be asked for at any time, on any thread, and are not
            kept in memory when the compiler prefers that. False unless a subclass says otherwise.

    Raises:
        ModelError: For values that are not finite; when it is compiled, for targets that do not
            exist, weights that are not finite, or arrays of different lengths.

    Example:
        >>> class Ring(RowConnectivity):
        ...     def row(self, pre, request):
        ...         return (pre + numpy.arange(1, 4)) % request.num_post
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire(), 10)
        ...     connection = Connection(first, second, Ring(weight=0.1))
        >>> pre, post, _ = connection.connectivity.get_snippet(connection, ["SPARSE"]).synapses()
        >>> post[pre == 8].tolist()
        [0, 1, 9]
    """

    rows_are_independent: bool = False
    _row_takes_request: bool

    def __init__(self, weight: InitValue = 1.0, delay: InitValue = 0) -> None:
        super().__init__(weight, delay)

    def row(self, pre: int) -> Any:
        """The synapses of a source neuron, see the class.

        Args:
            pre: Its number.

        Returns:
            Targets, (targets, weights) or (targets, weights, delays).

        Raises:
            NotImplementedError: In classes that do not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define row()")

    def connect(self, source: Any, target: Any) -> None:
        """Called when two populations are connected: may set `target.shape`, which is None as long
        as it is not known, and raise an error when shapes do not fit. Does nothing by default.

        Args:
            source: Population with the attributes name, shape and size.
            target: The same.
        """

    def _make(self) -> Any:
        return _saltus.python_connectivity(
            self,
            snake_case(type(self).__name__),
            engine_value(self.weight),
            engine_value(self.delay),
            bool(self.rows_are_independent),
        )

    def _engine(self) -> Any:
        # The engine's object refers to this one, so that keeping it here would make a circle.
        return self._make()

    @classmethod
    def _takes_request(cls) -> bool:
        # Asked for every row, so it is looked up once a class.
        if "_row_takes_request" not in cls.__dict__:
            cls._row_takes_request = len(inspect.signature(cls.row).parameters) > 2
        return cls._row_takes_request

    def _row(
        self, pre: int, num_pre: int, num_post: int, stream: RandomStream
    ) -> Tuple[np.ndarray, Optional[np.ndarray], Optional[np.ndarray]]:
        """What the engine asks for: targets, weights and delays as it takes them."""
        row: Any = self.row
        if self._takes_request():
            given = row(pre, RowRequest(num_pre, num_post, stream))
        else:
            given = row(pre)
        parts = given if isinstance(given, tuple) else (given,)
        where = f"{type(self).__name__} row {pre}"
        if not 1 <= len(parts) <= 3 or parts[0] is None:
            raise ModelError(
                where,
                f"row() gives {len(parts)} arrays",
                "return targets, (targets, weights) or (targets, weights, delays)",
            )
        targets: Any = to_indices(parts[0], where, "its targets")
        return targets, _numbers(parts, 1, where), _numbers(parts, 2, where)


def _numbers(parts: Tuple[Any, ...], index: int, where: str) -> Optional[np.ndarray]:
    """Weights or delays of a row as float64, where it comes with any."""
    if len(parts) <= index or parts[index] is None:
        return None
    array = np.ascontiguousarray(parts[index], dtype=np.float64)
    if array.ndim != 1:
        raise ModelError(where, f"an array of it has shape {array.shape}", "give one axis")
    return array
