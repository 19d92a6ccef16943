"""Spikes of examples and datasets."""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy as np

from .. import _saltus
from .._values import require_count
from ..errors import ModelError

#: Spikes of a dataset at exact times, in the engine's memory.
SpikeTrains = _saltus.SpikeTrains
#: Spikes of a dataset sorted into time steps, in the engine's memory.
GridSpikes = _saltus.GridSpikes


class PreprocessedSpikes(NamedTuple):
    """Spikes of one example.

    Attributes:
        end_spikes: Cumulative numbers of spikes, shape (neurons,): those of neuron i are
            spike_times[end_spikes[i - 1]:end_spikes[i]].
        spike_times: Times in ms, sorted by neuron, then by time; shape (spikes,).

    Example:
        >>> example = PreprocessedSpikes(numpy.array([1, 1, 3]), numpy.array([4.0, 2.0, 7.5]))
        >>> example.spike_times[example.end_spikes[1] : example.end_spikes[2]]
        array([2. , 7.5])
    """

    end_spikes: np.ndarray
    spike_times: np.ndarray


def batch_spikes(spikes: Sequence[PreprocessedSpikes], batch_size: int) -> PreprocessedSpikes:
    """Spikes of several examples in one pair of arrays.

    Args:
        spikes: One PreprocessedSpikes an example, at least one and at most batch_size, of one
            population.
        batch_size: Rows of end_spikes; those without an example have no spikes.

    Returns:
        end_spikes of shape (batch_size, neurons), counted over all examples before, too, and
        spike_times in ms, those of the examples one after the other.

    Raises:
        ModelError: For no or too many examples, or examples of different numbers of neurons.

    Example:
        >>> one = preprocess_spikes([3.0], [1], num_neurons=2)
        >>> two = preprocess_spikes([1.0, 2.0], [0, 1], num_neurons=2)
        >>> batch_spikes([one, two], 3).end_spikes
        array([[0, 1],
               [2, 3],
               [3, 3]])
    """
    size = require_count(batch_size, "batch_spikes", "batch_size", 1)
    if not 0 < len(spikes) <= size:
        raise ModelError(
            "batch_spikes",
            f"there are {len(spikes)} examples for a batch of {size}",
            "give at least one, and at most as many as the batch has",
        )
    neurons = {len(ends) for ends, _ in spikes}
    if len(neurons) > 1:
        raise ModelError(
            "batch_spikes",
            f"examples have {min(neurons)} and {max(neurons)} neurons",
            "give examples of one population",
        )
    first = np.cumsum([0] + [len(times) for _, times in spikes])
    rows = [np.asarray(ends) + begin for (ends, _), begin in zip(spikes, first)]
    rows += [np.full(neurons.pop(), first[-1])] * (size - len(rows))
    return PreprocessedSpikes(np.stack(rows), np.concatenate([times for _, times in spikes]))


def calc_start_spikes(end_spikes: np.ndarray) -> np.ndarray:
    """Where the spikes of each neuron begin.

    Args:
        end_spikes: Cumulative numbers of spikes of a batch, shape (examples, neurons), or of an
            example, shape (neurons,).

    Returns:
        Array of the same shape: the spikes of neuron i of example b are
        spike_times[start[b, i]:end_spikes[b, i]].

    Example:
        >>> calc_start_spikes([[0, 1], [2, 3]])
        array([[0, 0],
               [1, 2]])
    """
    ends = np.asarray(end_spikes)
    starts = np.zeros(ends.size, ends.dtype)
    starts[1:] = ends.ravel()[:-1]
    return starts.reshape(ends.shape)
