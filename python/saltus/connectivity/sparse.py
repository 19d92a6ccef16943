"""Connectivity of which only the synapses that exist take part."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from .. import _saltus
from .._values import engine_value, require_count, require_number, to_indices
from ..errors import ModelError
from .connectivity import Connectivity, InitValue


class SparseBase(Connectivity):
    """Base of the sparse rules.

    Attributes:
        pre_ind: Source neurons of all synapses, in any order; None by default. When both lists are
            set they replace the rule: synapse k goes from pre_ind[k] to post_ind[k], and arrays of
            weights and delays hold one value for each synapse in this order.
        post_ind: Target neurons, likewise.

    Example:
        >>> chosen = FixedProbability(0.5, weight=[1.0, 2.0])
        >>> chosen.pre_ind, chosen.post_ind = [0, 1], [2, 2]
    """

    _pre_ind: Optional[np.ndarray] = None
    _post_ind: Optional[np.ndarray] = None

    @property
    def pre_ind(self) -> Optional[np.ndarray]:
        """Source neurons of explicit synapses, or None."""
        return self._pre_ind

    @pre_ind.setter
    def pre_ind(self, indices: Any) -> None:
        self._pre_ind = to_indices(indices, type(self).__name__, "pre_ind")

    @property
    def post_ind(self) -> Optional[np.ndarray]:
        """Target neurons of explicit synapses, or None."""
        return self._post_ind

    @post_ind.setter
    def post_ind(self, indices: Any) -> None:
        self._post_ind = to_indices(indices, type(self).__name__, "post_ind")


class OneToOne(SparseBase):
    """Each neuron to the one of the same number in a population of the same size.

    Args:
        weight: Number, array with one value a neuron, initializer or its name.
        delay: The same, in timesteps.

    Raises:
        ModelError: For values that are not finite; when it is connected, for unequal shapes.

    Example:
        >>> with Network():
        ...     first = Population(LeakyIntegrateFire(), 10)
        ...     second = Population(LeakyIntegrateFire())
        ...     connection = Connection(first, second, OneToOne(1.0))
        >>> second.shape
        (10,)
    """

    def __init__(self, weight: InitValue, delay: InitValue = 0) -> None:
        super().__init__(weight, delay)
        self._engine()

    def _make(self) -> Any:
        return _saltus.one_to_one(
            engine_value(self.weight), engine_value(self.delay), self.pre_ind, self.post_ind
        )


class FixedProbability(SparseBase):
    """Each pair of neurons with the same probability, independently of the others.

    Args:
        p: Probability of a synapse, from 0 to 1.
        weight: Number, initializer or its name; an array only together with pre_ind and post_ind.
        allow_self_connections: Whether a neuron of a population that is connected to itself may
            connect to itself.
        delay: As the weight, in timesteps.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> with Network():
        ...     excitatory = Population(LeakyIntegrateFire(), 400)
        ...     inhibitory = Population(LeakyIntegrateFire(), 100)
        ...     connection = Connection(excitatory, inhibitory, FixedProbability(0.02, weight=0.1))
    """

    def __init__(
        self,
        p: float,
        weight: InitValue,
        allow_self_connections: bool = False,
        delay: InitValue = 0,
    ) -> None:
        super().__init__(weight, delay)
        self.p = require_number(p, "FixedProbability", "p")
        self.allow_self_connections = bool(allow_self_connections)
        self._engine()

    def _make(self) -> Any:
        return _saltus.fixed_probability(
            self.p,
            engine_value(self.weight),
            self.allow_self_connections,
            engine_value(self.delay),
            self.pre_ind,
            self.post_ind,
        )


class _FixedNumber(SparseBase):
    """What the rules that draw a number of synapses have in common."""

    def __init__(
        self,
        number: int,
        weight: InitValue,
        delay: InitValue = 0,
        allow_self_connections: bool = False,
    ) -> None:
        super().__init__(weight, delay)
        self.number = require_count(number, type(self).__name__, "number")
        self.allow_self_connections = bool(allow_self_connections)
        self._engine()

    def _arguments(self) -> Any:
        return (
            self.number,
            engine_value(self.weight),
            engine_value(self.delay),
            self.allow_self_connections,
            self.pre_ind,
            self.post_ind,
        )


class FixedNumberPost(_FixedNumber):
    """Each source neuron to the same number of targets, drawn with replacement.

    Args:
        number: Synapses of each source neuron.
        weight: Number, array of shape (source size, number), initializer or its name.
        delay: The same, in timesteps.
        allow_self_connections: Whether a neuron of a population that is connected to itself may
            connect to itself.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> FixedNumberPost(100, weight=0.1)
        FixedNumberPost(number=100, weight=0.1, delay=0.0, allow_self_connections=False)
    """

    def _make(self) -> Any:
        return _saltus.fixed_number_post(*self._arguments())


class FixedNumberPre(_FixedNumber):
    """Each target neuron from the same number of sources, drawn with replacement.

    Args:
        number: Synapses of each target neuron.
        weight: Number, array of shape (target size, number), initializer or its name.
        delay: The same, in timesteps.
        allow_self_connections: Whether a neuron of a population that is connected to itself may
            connect to itself.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> FixedNumberPre(100, weight=0.1)
        FixedNumberPre(number=100, weight=0.1, delay=0.0, allow_self_connections=False)
    """

    def _make(self) -> Any:
        return _saltus.fixed_number_pre(*self._arguments())


class FixedNumberTotal(_FixedNumber):
    """A number of synapses in all, each between neurons drawn with replacement.

    Args:
        number: All synapses.
        weight: Number, array of shape (number,), initializer or its name.
        delay: The same, in timesteps.
        allow_self_connections: Whether a neuron of a population that is connected to itself may
            connect to itself.

    Raises:
        ModelError: For arguments out of their range.

    Example:
        >>> FixedNumberTotal(10000, weight=0.1)
        FixedNumberTotal(number=10000, weight=0.1, delay=0.0, allow_self_connections=False)
    """

    def _make(self) -> Any:
        return _saltus.fixed_number_total(*self._arguments())


class Sparse(SparseBase):
    """The synapses of a list: synapse k goes from pre_ind[k] to post_ind[k].

    Args:
        pre_ind: Source neuron of each synapse.
        post_ind: Target neuron of each synapse.
        weight: Number, array with one value a synapse, initializer or its name.
        delay: The same, in timesteps.

    Raises:
        ModelError: For lists of different lengths; when it is compiled, for neurons that do not
            exist.

    Example:
        >>> Sparse([0, 0, 1], [1, 2, 2], weight=[0.5, 0.5, 1.0])
        Sparse(pre_ind=[0, 0, 1], post_ind=[1, 2, 2], weight=[0.5, 0.5, 1. ], delay=0.0)
    """

    def __init__(
        self, pre_ind: Any, post_ind: Any, weight: InitValue, delay: InitValue = 0
    ) -> None:
        super().__init__(weight, delay)
        self.pre_ind = pre_ind
        self.post_ind = post_ind
        self._engine()

    @classmethod
    def from_csr(
        cls, row_begin: Any, post_ind: Any, weight: InitValue, delay: InitValue = 0
    ) -> "Sparse":
        """Synapses in compressed rows, as SciPy has them.

        Args:
            row_begin: Shape (source size + 1,): synapses row_begin[i] up to row_begin[i + 1] belong
                to source neuron i.
            post_ind: Target neuron of each synapse.
            weight: As above.
            delay: As above.

        Returns:
            The connectivity.

        Raises:
            ModelError: For rows that do not ascend from 0 to the number of synapses.

        Example:
            >>> sparse = Sparse.from_csr([0, 2, 3], [1, 2, 2], weight=[0.5, 0.5, 1.0])
            >>> sparse.pre_ind
            array([0, 0, 1], dtype=uint32)
        """
        begin = np.asarray(row_begin, dtype=np.int64)
        post = to_indices(post_ind, "Sparse", "post_ind")
        if post is None:
            raise ModelError("Sparse", "post_ind is None", "give the target of each synapse")
        if begin.ndim != 1 or not len(begin) or begin[0] != 0 or begin[-1] != len(post):
            raise ModelError(
                "Sparse",
                f"row_begin does not go from 0 to the {len(post)} synapses",
                "give one more number than there are source neurons",
            )
        if np.any(np.diff(begin) < 0):
            raise ModelError("Sparse", "row_begin descends", "give ascending numbers")
        pre = np.repeat(np.arange(len(begin) - 1, dtype=np.uint32), np.diff(begin))
        return cls(pre, post, weight, delay)

    def _make(self) -> Any:
        return _saltus.sparse_from_coo(
            self.pre_ind, self.post_ind, engine_value(self.weight), engine_value(self.delay)
        )
