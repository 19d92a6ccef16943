"""Parts of datasets: dictionaries of examples."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .._values import require_count
from ..errors import ModelError, UnsupportedError
from ._encoded import EncodedImages
from ._spikes import GridSpikes, SpikeTrains

Dataset = Dict[Any, Any]


def get_dataset_size(data: Dataset) -> Optional[int]:
    """The number of examples that all values of a dictionary have; None when they differ.

    Args:
        data: Sequences or arrays of examples by key.

    Example:
        >>> get_dataset_size({"x": [1, 2, 3], "y": numpy.zeros(3)})
        3
    """
    sizes = {
        item.num_examples if isinstance(item, (SpikeTrains, GridSpikes)) else len(item)
        for item in data.values()
    }
    return sizes.pop() if len(sizes) == 1 else None


def batch_dataset(data: Dataset, batch_size: int, size: int) -> List[Dataset]:
    """A dataset as consecutive batches.

    Args:
        data: Sequences or arrays of examples by key.
        batch_size: Examples in a batch; the last may have fewer.
        size: Number of examples.

    Raises:
        ModelError: For batches without examples.

    Example:
        >>> batches = batch_dataset({"x": [1, 2, 3, 4, 5]}, batch_size=2, size=5)
        >>> [batch["x"] for batch in batches]
        [[1, 2], [3, 4], [5]]
    """
    require_count(batch_size, "batch_dataset", "batch_size", 1)
    return [
        {key: _part(item, first, min(first + batch_size, size)) for key, item in data.items()}
        for first in range(0, size, batch_size)
    ]


def split_dataset(data: Dataset, split: float) -> Tuple[Dataset, Dataset]:
    """A dataset in two parts: the last examples, a fraction of all, and those before them.

    Args:
        data: Sequences or arrays of examples by key.
        split: Fraction of the examples that make the last part, from 0 to 1.

    Returns:
        (first part, last part).

    Raises:
        ModelError: When the fraction is not between 0 and 1, or numbers of examples differ.

    Example:
        >>> train, validation = split_dataset({inputs: x, output: y}, 0.25)
        >>> len(train[output]), len(validation[output])
        (18, 6)
    """
    if not 0.0 <= split <= 1.0:
        raise ModelError("split_dataset", f"split is {split}", "give a fraction from 0 to 1")
    size = get_dataset_size(data)
    if size is None:
        raise ModelError("split_dataset", "numbers of examples differ", "give as many for each")
    cut = round((1.0 - split) * size)
    first = {key: _part(item, 0, cut) for key, item in data.items()}
    last = {key: _part(item, cut, size) for key, item in data.items()}
    return first, last


def permute_dataset(data: Dataset, indices: Any) -> Dataset:
    """A dataset in another order.

    Args:
        data: Sequences or arrays of examples by key.
        indices: For each new position the old one, shape (examples,).

    Raises:
        ModelError: When there are more or fewer indices than examples.
        UnsupportedError: For spikes in the engine's memory.

    Example:
        >>> permute_dataset({"x": [1, 2, 3], "y": numpy.array([4, 5, 6])}, [2, 0, 1])
        {'x': [3, 1, 2], 'y': array([6, 4, 5])}
    """
    size = get_dataset_size(data)
    if size != len(indices):
        raise ModelError(
            "permute_dataset", f"{len(indices)} indices for {size} examples", "give one for each"
        )
    permuted: Dataset = {}
    for key, item in data.items():
        if isinstance(item, (SpikeTrains, GridSpikes)):
            raise UnsupportedError(
                "permute_dataset", "spikes in the engine's memory stay in order", "give a list"
            )
        is_array = isinstance(item, (np.ndarray, EncodedImages))
        permuted[key] = (
            item[np.asarray(indices)] if is_array else [item[index] for index in indices]
        )
    return permuted


def _part(item: Any, first: int, last: int) -> Any:
    if isinstance(item, (SpikeTrains, GridSpikes)):
        return item.slice(first, last)
    return item[first:last]
