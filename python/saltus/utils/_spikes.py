"""Spikes of examples and datasets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .. import _saltus

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
    """

    end_spikes: np.ndarray
    spike_times: np.ndarray
