"""Which examples and which neurons recorders look at."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from .._values import require_count, to_shape
from ..errors import ArgumentTypeError, ModelError

__all__ = ["ExampleFilter", "chosen_neurons", "get_neuron_filter_mask"]


def chosen_numbers(given: Any, where: str, what: str) -> List[int]:
    """Numbers from a filter: None (all: an empty list), a number, numbers in their order, or a
    mask."""
    if given is None:
        return []
    array = np.atleast_1d(np.asarray(given))
    if array.dtype == bool:
        array = np.flatnonzero(array) if array.ndim == 1 else array
    elif array.size and not np.issubdtype(array.dtype, np.integer):
        raise ModelError(where, f"{what} holds {array.dtype}", "give whole numbers or a mask")
    if array.ndim != 1 or array.size == 0 or array.min() < 0:
        raise ModelError(
            where, f"{what} chooses nothing, or numbers below 0", "give numbers from 0, or None"
        )
    return [int(number) for number in array]


class ExampleFilter:
    """Which examples of a dataset are looked at.

    Args:
        f: None for all; the number of an example; numbers of examples, in any order; or a mask of
            type bool, shape (examples,), where examples past its end are left out.

    Raises:
        ModelError: For a filter that chooses nothing, numbers below 0, or other types.

    Example:
        >>> wanted = saltus.utils.filter.ExampleFilter([1, 4])
        >>> wanted.get_batch_mask(batch=1, batch_size=3)
        array([False,  True, False])
    """

    def __init__(self, f: Any = None) -> None:
        self._all = f is None
        self._chosen = np.array(chosen_numbers(f, "ExampleFilter", "f"), dtype=np.int64)

    def get_batch_mask(self, batch: int, batch_size: int) -> np.ndarray:
        """Which examples of one batch are chosen.

        Args:
            batch: Number of the batch, from 0.
            batch_size: Examples in a batch.

        Returns:
            Array of type bool, shape (batch_size,).

        Raises:
            ModelError: For a batch below 0 or without examples.

        Example:
            >>> saltus.utils.filter.ExampleFilter(0).get_batch_mask(0, 2)
            array([ True, False])
        """
        first = require_count(batch, "ExampleFilter", "batch") * batch_size
        size = require_count(batch_size, "ExampleFilter", "batch_size", 1)
        if self._all:
            return np.ones(size, bool)
        return np.isin(np.arange(first, first + size), self._chosen)

    def __repr__(self) -> str:
        return f"ExampleFilter({None if self._all else self._chosen.tolist()})"


def chosen_neurons(
    neuron_filter: Any, shape: Sequence[int], where: str = "neuron_filter"
) -> np.ndarray:
    """Numbers of the neurons that a filter chooses.

    Args:
        neuron_filter: None for all; the number of a neuron; numbers in any order; a slice; a mask
            of type bool, of the population's shape or flat; or, for populations of several axes, a
            tuple with an index, array of indices or slice for each axis, as NumPy takes it.
        shape: Shape of the population.
        where: What messages begin with.

    Returns:
        Array of whole numbers, shape (neurons chosen,). Numbers that are listed keep their order,
        all others ascend.

    Raises:
        ModelError: For a filter that does not fit the shape or chooses nothing.
        ArgumentTypeError: For other types.

    Example:
        >>> saltus.utils.filter.chosen_neurons((slice(None), 0), (2, 3))
        array([0, 3])
    """
    extents = to_shape(shape if isinstance(shape, (int, np.integer)) else tuple(shape), where) or ()
    numbers = np.arange(int(np.prod(extents)))
    if neuron_filter is None:
        return numbers
    if isinstance(neuron_filter, (tuple, slice)) and _is_index(neuron_filter):
        chosen = _indexed(numbers.reshape(extents), neuron_filter, where)
    else:
        chosen = _listed(numbers, neuron_filter, extents, where)
    if chosen.size == 0:
        raise ModelError(where, "it chooses no neuron", "give neurons, or None for all")
    return chosen


def get_neuron_filter_mask(neuron_filter: Any, shape: Sequence[int]) -> np.ndarray:
    """Which neurons of a population a filter chooses.

    Args:
        neuron_filter: As for chosen_neurons().
        shape: Shape of the population.

    Returns:
        Array of type bool, shape (neurons,), row-major.

    Raises:
        ModelError: For a filter that does not fit the shape or chooses nothing.
        ArgumentTypeError: For other types.

    Example:
        >>> saltus.utils.filter.get_neuron_filter_mask([0, 3], (2, 2))
        array([ True, False, False,  True])
    """
    mask = np.zeros(int(np.prod(shape)), bool)
    mask[chosen_neurons(neuron_filter, shape)] = True
    return mask


def _is_index(given: Any) -> bool:
    """Whether a tuple speaks of axes, rather than being a list of neurons or a mask."""
    return isinstance(given, slice) or any(
        isinstance(part, slice) or np.ndim(part) == 1 for part in given
    )


def _indexed(numbers: np.ndarray, given: Any, where: str) -> np.ndarray:
    parts: Tuple[Any, ...] = given if isinstance(given, tuple) else (given,)
    if len(parts) != numbers.ndim:
        raise ModelError(
            where,
            f"it has {len(parts)} parts for a population of shape {numbers.shape}",
            "give an index, array of indices or slice for each axis",
        )
    try:
        chosen = np.asarray(np.unique(numbers[parts]))
        return chosen
    except IndexError as error:
        raise ModelError(where, str(error), "give neurons that are there") from None


def _listed(numbers: np.ndarray, given: Any, shape: Tuple[int, ...], where: str) -> np.ndarray:
    array = np.asarray(given)
    if array.dtype == bool:
        if array.shape not in (shape, numbers.shape):
            raise ModelError(
                where,
                f"the mask has shape {array.shape}, the population {shape}",
                "give one value a neuron",
            )
        return np.flatnonzero(array)
    if array.size and array.dtype.kind not in "iu":
        raise ArgumentTypeError(
            where, f"it holds {array.dtype}", "give whole numbers, slices or a mask"
        )
    array = np.atleast_1d(array)
    if array.ndim != 1:
        raise ModelError(
            where,
            f"its numbers have shape {array.shape}",
            "give one axis, or a tuple with indices for each axis",
        )
    outside: Optional[np.ndarray] = array[(array < 0) | (array >= len(numbers))]
    if outside is not None and outside.size:
        raise ModelError(
            where,
            f"there is no neuron {outside[0]} among {len(numbers)}",
            "give numbers from 0 on",
        )
    return array.astype(np.int64)
