"""Readers of files of recordings: N-MNIST and the Heidelberg data sets."""

from __future__ import annotations

import os
from typing import Any, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from .. import _saltus
from .._values import require_count, require_number
from ._spikes import SpikeTrains

Path = Union[str, "os.PathLike[str]"]

# More examples than any file has.
_ALL = 2**63 - 1


class SpikeDataset(NamedTuple):
    """Labelled recordings of spikes.

    Attributes:
        spikes: Spikes of all recordings, which networks take for a population of SpikeInput.
        labels: Class of each recording, from 0; shape (examples,), int32.
        shape: Shape of the population that the spikes are for.
        class_names: Names of the classes, where the file has them.

    Example:
        >>> data = SpikeDataset(to_spike_trains(x), y, (12,), [])
        >>> data.spikes.num_examples, len(data.labels)
        (24, 24)
    """

    spikes: SpikeTrains
    labels: np.ndarray
    shape: Tuple[int, ...]
    class_names: List[str]


def read_nmnist(
    path: Path,
    *,
    first_example: int = 0,
    max_examples: Optional[int] = None,
    start_time: float = 0.0,
    end_time: Optional[float] = None,
    pooling: int = 1,
) -> SpikeDataset:
    """Reads recordings of N-MNIST (".bin", ".bs2", also compressed by gzip) and their classes.

    Args:
        path: A list, which names a recording and its class in each line ("17 5"), and beside which
            the recordings (17.bs2 or 17.bin) lie; or a folder with a folder of recordings for each
            class ("0", "1", ...), which come in the order of their names.
        first_example: The first recordings are passed over.
        max_examples: Only so many are read; None for all.
        start_time: Spikes before this time in ms are left out, and times count from it.
        end_time: Spikes at or after this time of the recording in ms are left out; None for none.
        pooling: So many neighbouring pixels along rows and columns become one neuron, which gets
            the spikes of all of them.

    Returns:
        Spikes of neurons numbered (row, column, polarity), of shape (34, 34, 2) without pooling.

    Raises:
        RuntimeFault: When a file cannot be read.
        ModelError: When a list or recording is not what it should be, or no example is left.

    References:
        G. Orchard, A. Jayawant, G. K. Cohen, N. Thakor, Converting static image datasets to spiking
        neuromorphic datasets using saccades, Frontiers in Neuroscience 9, 437 (2015).

    Example:
        >>> # One event: row 2, column 3, brighter, after 1 ms.
        >>> _ = open("1.bs2", "wb").write(bytes([3, 2, 0x80, 0x03, 0xE8]))
        >>> _ = open("list.txt", "w").write("1 7")
        >>> data = read_nmnist("list.txt")
        >>> data.labels, data.shape, data.spikes.example(0)
        (array([7], dtype=int32), (34, 34, 2), (array([1.]), array([143], dtype=uint32)))
    """
    options = _options("read_nmnist", first_example, max_examples, start_time, end_time, pooling)
    return _dataset(_saltus.read_nmnist(os.fspath(path), *options))


def read_heidelberg(
    path: Path,
    num_channels: int = 700,
    *,
    first_example: int = 0,
    max_examples: Optional[int] = None,
    start_time: float = 0.0,
    end_time: Optional[float] = None,
    pooling: int = 1,
) -> SpikeDataset:
    """Reads recordings of the Spiking Heidelberg Digits or the Spiking Speech Commands.

    Args:
        path: An HDF5 file (".h5", or ".h5.gz") with lists of variable length in spikes/times (in
            seconds) and spikes/units, and with labels; names of classes in extra/keys are read,
            too. It is read as h5py and PyTables write it unless told otherwise.
        num_channels: Size of the population.
        first_example: The first recordings are passed over.
        max_examples: Only so many are read; None for all.
        start_time: Spikes before this time in ms are left out, and times count from it.
        end_time: Spikes at or after this time of the recording in ms are left out; None for none.
        pooling: So many neighbouring channels become one neuron, which gets the spikes of all of
            them.

    Returns:
        Spikes with times in ms, of shape (channels,).

    Raises:
        RuntimeFault: When the file cannot be read.
        ModelError: When it is no such file or damaged, a spike has a channel or time that cannot
            be, or no example is left.

    References:
        B. Cramer, Y. Stradmann, J. Schemmel, F. Zenke, The Heidelberg spiking data sets for the
        systematic evaluation of spiking neural networks, IEEE Transactions on Neural Networks and
        Learning Systems 33, 2744 (2022).

    Example:
        >>> data = read_heidelberg("shd_train.h5", end_time=1000.0)  # doctest: +SKIP
        >>> data.spikes.num_examples, data.shape, data.class_names[:2]  # doctest: +SKIP
        (8156, (700,), ['zero', 'one'])
    """
    channels = require_count(num_channels, "read_heidelberg", "num_channels", 1)
    options = _options(
        "read_heidelberg", first_example, max_examples, start_time, end_time, pooling
    )
    return _dataset(_saltus.read_heidelberg(os.fspath(path), channels, *options))


def _options(
    where: str, first: Any, most: Any, start: Any, end: Any, pooling: Any
) -> Tuple[int, int, float, float, int]:
    return (
        require_count(first, where, "first_example"),
        _ALL if most is None else require_count(most, where, "max_examples", 1),
        require_number(start, where, "start_time"),
        float("inf") if end is None else require_number(end, where, "end_time"),
        require_count(pooling, where, "pooling", 1),
    )


def _dataset(read: Tuple[SpikeTrains, np.ndarray, List[int], List[str]]) -> SpikeDataset:
    spikes, labels, shape, names = read
    return SpikeDataset(spikes, labels, tuple(shape), names)
