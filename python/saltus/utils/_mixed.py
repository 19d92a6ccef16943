"""Epochs of several data sets."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from .. import _saltus
from .._values import require_count, require_number
from ..errors import ArgumentTypeError, ModelError
from ._recordings import SpikeDataset
from ._spikes import SpikeTrains


def mix_datasets(
    datasets: Sequence[SpikeDataset],
    proportions: Sequence[float],
    num_examples: int,
    seed: int = 0,
    epoch: int = 0,
) -> SpikeDataset:
    """Examples of several data sets in given proportions, for one epoch. The examples of a data set
    come in shuffled orders, one after the other, that go on from epoch to epoch: none comes again
    before all others of its data set have come.

    Args:
        datasets: Data sets of one population.
        proportions: One number for each, not negative, in any unit: they are divided by their sum.
        num_examples: Examples of the epoch.
        seed: Of the orders.
        epoch: Number of the epoch.

    Returns:
        A data set; examples of the first data set come first. Shape and names of classes are those
        of the first.

    Raises:
        ModelError: When numbers of arguments disagree, proportions are not what they should be, or
            data sets are of different populations.

    Example:
        >>> one = SpikeDataset(to_spike_trains(x), y, (12,), [])
        >>> two = SpikeDataset(to_spike_trains(x[:6]), y[:6], (12,), [])
        >>> def augment(epoch):
        ...     mixed = mix_datasets([one, two], [0.75, 0.25], 24, epoch=epoch)
        ...     return {inputs: mixed.spikes}, {output: mixed.labels}
        >>> metrics, _ = compiled.train({inputs: x}, {output: y}, 2, augment=augment)
    """
    where = "mix_datasets"
    if not len(datasets):
        raise ModelError(where, "there is no data set", "give at least one")
    for dataset in datasets:
        if not isinstance(dataset, SpikeDataset):
            raise ArgumentTypeError(
                where, f"a data set is a {type(dataset).__name__}", "give SpikeDatasets"
            )
    chosen = _saltus.mixed_examples(
        [dataset.spikes.num_examples for dataset in datasets],
        [require_number(proportion, where, "a proportion") for proportion in proportions],
        require_count(num_examples, where, "num_examples", 1),
        require_count(seed, where, "seed"),
        require_count(epoch, where, "epoch"),
    )
    spikes = SpikeTrains(datasets[0].spikes.num_neurons)
    for dataset, examples in zip(datasets, chosen):
        _saltus.append_examples(spikes, dataset.spikes, examples)
    labels = [np.asarray(dataset.labels)[part] for dataset, part in zip(datasets, chosen)]
    return SpikeDataset(spikes, np.concatenate(labels), datasets[0].shape, datasets[0].class_names)
