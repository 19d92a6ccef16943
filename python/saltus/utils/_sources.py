"""Datasets of other libraries, recognised by what they offer: loaders, sequences, iterators."""

from __future__ import annotations

import numbers
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ..errors import ArgumentTypeError, ModelError
from ._encoded import EncodedImages
from ._spikes import GridSpikes, PreprocessedSpikes, SpikeTrains

Sensor = Tuple[int, int, int]


class Examples(List[Any]):
    """The examples that a dataset gave, one an item."""

    #: (width, height, polarities) of a Tonic dataset's sensor.
    sensor_size: Optional[Sensor] = None


def to_numpy(item: Any) -> Any:
    """An array from a tensor, wherever it is; anything else as it is."""
    if not hasattr(item, "__array__") or isinstance(item, np.ndarray):
        return item
    # Tensors that belong to a graph of gradients, or to another device, refuse otherwise.
    for step in ("detach", "cpu"):
        item = getattr(item, step)() if hasattr(item, step) else item
    return np.asarray(item)


def is_source(given: Any) -> bool:
    """Whether this is a dataset to be read: neither data that are there already, nor a mistake."""
    known = (list, tuple, str, bytes, dict, np.ndarray, GridSpikes, SpikeTrains, EncodedImages)
    if isinstance(given, known) or hasattr(given, "__array__"):
        return False
    return hasattr(given, "__iter__") or (
        hasattr(given, "__getitem__") and hasattr(given, "__len__")
    )


def read_sources(
    x: Dict[Any, Any], y: Optional[Dict[Any, Any]] = None
) -> Tuple[Dict[Any, Any], Dict[Any, Any]]:
    """Inputs and labels of which every dataset was read, once.

    One that stands for inputs and for labels gives pairs; one that stands for several inputs gives
    a tuple with an example for each.
    """
    read_x, read_y = dict(x), dict(y or {})
    sources = {id(s): s for s in [*read_x.values(), *read_y.values()] if is_source(s)}
    for source in sources.values():
        inputs = [key for key, given in read_x.items() if given is source]
        outputs = [key for key, given in read_y.items() if given is source]
        columns = _columns(source, len(inputs), len(outputs))
        for key, column in zip([*inputs, *outputs], columns):
            (read_x if key in inputs else read_y)[key] = column
    return read_x, read_y


def _columns(source: Any, inputs: int, outputs: int) -> List[Any]:
    """Examples for each input and labels for each output."""
    columns: List[List[Any]] = [[] for _ in range(inputs + outputs)]
    is_loader = hasattr(source, "dataset") and any(
        getattr(source, name, None) is not None for name in ("batch_size", "batch_sampler")
    )
    for number, item in enumerate(_items(source)):
        where = f"Dataset {type(source).__name__}"
        parts = _parts(item, inputs, outputs, is_loader, f"{where}, item {number}")
        for column, part in zip(columns, parts):
            part = to_numpy(part)
            if is_loader:
                column.extend(part)
            else:
                column.append(part)
    return [_finished(column, source) for column in columns]


def _items(source: Any) -> Iterator[Any]:
    # Sequences of Tonic and PyTorch have a length, but need not raise IndexError behind it.
    if hasattr(source, "__getitem__") and hasattr(source, "__len__"):
        return (source[index] for index in range(len(source)))
    return iter(source)


def _parts(item: Any, inputs: int, outputs: int, is_batch: bool, where: str) -> List[Any]:
    """What one item holds for each input and each output."""
    if inputs and outputs:
        if not _is_pair(item):
            raise ArgumentTypeError(
                where, f"it is a {type(item).__name__}", "give pairs of (input, label)"
            )
        x, y = item
    elif inputs:
        x, y = (item[0] if _has_label(item, is_batch) else item), None
    else:
        x, y = None, (item[1] if _is_pair(item) else item)
    return [*_several(x, inputs, where), *_several(y, outputs, where)]


def _is_pair(item: Any) -> bool:
    return (
        isinstance(item, (tuple, list))
        and len(item) == 2
        and not isinstance(item, PreprocessedSpikes)
    )


def _has_label(item: Any, is_batch: bool) -> bool:
    """Whether an item that stands for inputs alone comes with its label, too."""
    # A pair of arrays may be the spikes of an example: (end_spikes, spike_times).
    return _is_pair(item) and (is_batch or np.ndim(to_numpy(item[1])) == 0)


def _several(part: Any, number: int, where: str) -> Sequence[Any]:
    if number < 2:
        return [part] * number
    if not isinstance(part, (tuple, list)) or len(part) != number:
        raise ModelError(where, f"it has no {number} parts", "give one for each population")
    return part


def _finished(column: List[Any], source: Any) -> Any:
    """Numbers as an array, everything else as a list of examples."""
    arrays = [part for part in column if isinstance(part, np.ndarray) and not part.dtype.names]
    if column and len(arrays) == len(column) and len({part.shape for part in arrays}) == 1:
        return np.stack(arrays)
    if column and all(isinstance(part, (numbers.Number, np.generic)) for part in column):
        return np.asarray(column)
    examples = Examples(column)
    size = getattr(source, "sensor_size", None)
    if size is None:
        size = getattr(getattr(source, "dataset", None), "sensor_size", None)
    if size is not None and len(size) == 3 and all(extent is not None for extent in size):
        examples.sensor_size = (int(size[0]), int(size[1]), int(size[2]))
    return examples
