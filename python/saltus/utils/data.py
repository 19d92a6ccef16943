"""Datasets of spikes: what networks take, and how to make it. Times are in ms."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple, Union

import numpy as np

from .._values import require_count, require_number
from ..errors import ModelError
from ._datasets import batch_dataset, get_dataset_size, permute_dataset, split_dataset
from ._encoded import EncodedImages
from ._idx import read_idx, write_idx
from ._mixed import mix_datasets
from ._recordings import SpikeDataset, read_heidelberg, read_nmnist
from ._spikes import (
    GridSpikes,
    PreprocessedSpikes,
    SpikeTrains,
    batch_spikes,
    calc_start_spikes,
)
from ._yin_yang import generate_yin_yang_dataset

__all__ = [
    "EncodedImages",
    "GridSpikes",
    "PreprocessedSpikes",
    "SpikeDataset",
    "SpikeTrains",
    "batch_dataset",
    "batch_spikes",
    "calc_latest_spike_time",
    "calc_max_spikes",
    "calc_start_spikes",
    "generate_yin_yang_dataset",
    "get_dataset_size",
    "linear_latency_encode_data",
    "log_latency_encode_data",
    "mix_datasets",
    "permute_dataset",
    "preprocess_spikes",
    "preprocess_tonic_spikes",
    "preprocess_tonic_spikes_separate",
    "read_heidelberg",
    "read_idx",
    "read_nmnist",
    "split_dataset",
    "thermometer_encode_data",
    "to_grid_spikes",
    "to_spike_trains",
    "write_idx",
]


def preprocess_spikes(times: Any, ids: Any, num_neurons: int) -> PreprocessedSpikes:
    """Sorts spikes by neuron, then by time.

    Args:
        times: Times in ms, shape (spikes,), in any order.
        ids: Neuron of each spike.
        num_neurons: Size of the population.

    Returns:
        The spikes of one example.

    Raises:
        ModelError: When lengths differ, or a neuron does not exist.

    Example:
        >>> preprocess_spikes([3.0, 1.0], [0, 4], num_neurons=5)
        PreprocessedSpikes(end_spikes=array([1, 1, 1, 1, 2]), spike_times=array([3., 1.]))
    """
    num_neurons = require_count(num_neurons, "preprocess_spikes", "num_neurons", 1)
    times = np.asarray(times)
    ids = np.asarray(ids, dtype=np.int64 if np.size(ids) == 0 else None)
    if times.shape != ids.shape or times.ndim != 1:
        raise ModelError(
            "preprocess_spikes",
            f"times have shape {times.shape}, ids {ids.shape}",
            "give one time and one neuron for each spike",
        )
    if ids.size and not (0 <= ids.min() and ids.max() < num_neurons):
        outside = ids.min() if ids.min() < 0 else ids.max()
        raise ModelError(
            "preprocess_spikes",
            f"there is no neuron {outside} among {num_neurons}",
            "give neurons from 0 on",
        )
    order = np.lexsort((times, ids))
    ends = np.cumsum(np.bincount(ids, minlength=num_neurons))
    return PreprocessedSpikes(ends, times[order])


def preprocess_tonic_spikes(
    events: np.ndarray,
    ordering: Sequence[str],
    shape: Sequence[int],
    time_scale: float = 1.0 / 1000.0,
    dt: Optional[float] = None,
    histogram_thresh: Optional[int] = None,
) -> PreprocessedSpikes:
    """Spikes from the events of a Tonic dataset.

    Args:
        events: Structured array with the fields of `ordering`.
        ordering: Names of the fields: "t" and "p", usually "x", perhaps "y".
        shape: The sensor's (width, height, polarities).
        time_scale: What event times are multiplied with to become ms.
        dt: Timestep in ms, needed for histogram_thresh.
        histogram_thresh: If given, one spike for each neuron and timestep with at least so many
            events, at the timestep's start, instead of one for each event.

    Returns:
        Spikes of width x height x polarities neurons, numbered (row, column, polarity).

    Raises:
        ModelError: When fields or dt are missing, or an event lies outside of the sensor.

    References:
        G. Lenz et al., Tonic: event-based datasets and transformations (2021).

    Example:
        >>> fields = [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "?")]
        >>> events = numpy.array([(3, 1, 1000, True), (0, 0, 2500, False)], fields)
        >>> spikes = preprocess_tonic_spikes(events, ("x", "y", "t", "p"), (34, 34, 2))
        >>> len(spikes.end_spikes), spikes.spike_times
        (2312, array([2.5, 1. ]))
    """
    where = "preprocess_tonic_spikes"
    for field in ("t", "p", "x"):
        if field not in ordering:
            raise ModelError(where, f"there is no field '{field}'", "give events that have it")
    width, height, polarities = (int(extent) for extent in shape)
    ids = np.asarray(events["x"], dtype=np.int64)
    if "y" in ordering:
        ids = ids + np.asarray(events["y"], dtype=np.int64) * width
    if polarities > 1:
        ids = ids * polarities + np.asarray(events["p"], dtype=np.int64)
    times = np.asarray(events["t"]) * time_scale
    num_neurons = width * height * polarities
    if histogram_thresh is not None:
        if dt is None:
            raise ModelError(where, "histogram_thresh is given and dt is not", "give both")
        times, ids = _histogram(times, ids, num_neurons, dt, histogram_thresh)
    return preprocess_spikes(times, ids, num_neurons)


def preprocess_tonic_spikes_separate(
    events: np.ndarray,
    ordering: Sequence[str],
    shape: Sequence[int],
    time_scale: float = 1.0 / 1000.0,
    dt: Optional[float] = None,
    histogram_thresh: Optional[int] = None,
) -> List[PreprocessedSpikes]:
    """Spikes from the events of a Tonic dataset, each polarity for a population of its own.

    Args:
        events: Structured array with the fields of `ordering`.
        ordering: Names of the fields: "t" and "p", usually "x", perhaps "y".
        shape: The sensor's (width, height, polarities), with at least two polarities.
        time_scale: What event times are multiplied with to become ms.
        dt: Timestep in ms, needed for histogram_thresh.
        histogram_thresh: As for preprocess_tonic_spikes().

    Returns:
        One PreprocessedSpikes a polarity, of width x height neurons, numbered (row, column).

    Raises:
        ModelError: When there is one polarity only, and as preprocess_tonic_spikes() does.

    Example:
        >>> fields = [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "?")]
        >>> events = numpy.array([(3, 1, 1000, True), (0, 0, 2500, False)], fields)
        >>> off, on = preprocess_tonic_spikes_separate(events, ("x", "y", "t", "p"), (34, 34, 2))
        >>> off.spike_times, on.spike_times
        (array([2.5]), array([1.]))
    """
    where = "preprocess_tonic_spikes_separate"
    width, height, polarities = (int(extent) for extent in shape)
    if polarities < 2:
        raise ModelError(
            where, f"the sensor has {polarities} polarity", "use preprocess_tonic_spikes()"
        )
    if "p" not in ordering:
        raise ModelError(where, "there is no field 'p'", "give events that have it")
    polarity = np.asarray(events["p"]).astype(np.int64)
    return [
        preprocess_tonic_spikes(
            events[polarity == number],
            ordering,
            (width, height, 1),
            time_scale,
            dt,
            histogram_thresh,
        )
        for number in range(polarities)
    ]


def _histogram(
    times: np.ndarray, ids: np.ndarray, num_neurons: int, dt: float, threshold: int
) -> Tuple[np.ndarray, np.ndarray]:
    """One spike for each neuron and step with at least so many events."""
    steps = np.floor(times / dt).astype(np.int64)
    cells, counts = np.unique(steps * num_neurons + ids, return_counts=True)
    cells = cells[counts >= threshold]
    return (cells // num_neurons) * dt, cells % num_neurons


def _images(data: Any, where: str) -> np.ndarray:
    """Images of 8-bit pixels as (examples, pixels)."""
    images = np.asarray(data)
    if images.dtype != np.uint8:
        raise ModelError(
            where, f"its pixels are of type {images.dtype}", "give 8-bit pixels: uint8"
        )
    if images.ndim < 2:
        raise ModelError(where, f"its shape is {images.shape}", "give (examples, ...) pixels")
    return np.ascontiguousarray(images.reshape(len(images), images[:1].size or -1))


def linear_latency_encode_data(
    data: Any, max_time: float, min_time: float = 0.0, thresh: int = 1
) -> EncodedImages:
    """Brighter pixels spike earlier: those with x > thresh at
    min_time + (255 - x) / 255 (max_time - min_time).

    Args:
        data: Pixels of type uint8, shape (examples, ...).
        max_time: Time of the darkest pixels in ms.
        min_time: Time of white pixels in ms.
        thresh: Pixels up to this value stay silent.

    Returns:
        A sequence with one PreprocessedSpikes an image, neurons numbered row-major.

    Raises:
        ModelError: For pixels of another type.

    References:
        T. Gollisch, M. Meister, Science 319, 1108 (2008), on codes of latencies.

    Example:
        >>> images = numpy.array([[0, 128, 255]], numpy.uint8)
        >>> linear_latency_encode_data(images, max_time=18.0, min_time=2.0)[0].spike_times
        array([9.96862745, 2.        ])
    """
    images = _images(data, "linear_latency_encode_data")
    values = np.arange(256)
    times = (255.0 - values) / 255.0 * (max_time - min_time) + min_time
    return EncodedImages(images, np.where(values > thresh, times, np.nan))


def log_latency_encode_data(data: Any, tau_eff: float, thresh: float) -> EncodedImages:
    """Pixels x > thresh spike when a leaky membrane driven by x reaches the threshold:
    tau_eff ln(x / (x - thresh)).

    Args:
        data: Pixels of type uint8, shape (examples, ...).
        tau_eff: Time constant in ms.
        thresh: Pixels up to this value stay silent.

    Returns:
        A sequence with one PreprocessedSpikes an image, neurons numbered row-major.

    Raises:
        ModelError: For pixels of another type.

    Example:
        >>> images = numpy.array([[0, 128, 255]], numpy.uint8)
        >>> log_latency_encode_data(images, tau_eff=20.0, thresh=51)[0].spike_times
        array([10.16449684,  4.46287103])
    """
    images = _images(data, "log_latency_encode_data")
    times = np.full(256, np.nan)
    bright = np.arange(256.0)[np.arange(256) > thresh]
    times[256 - len(bright) :] = tau_eff * np.log(bright / (bright - thresh))
    return EncodedImages(images, times)


def thermometer_encode_data(data: Any, levels: int = 8, time: float = 0.0) -> EncodedImages:
    """Each pixel has several neurons, which spike at the same time: the brighter, the more of them.

    Args:
        data: Pixels of type uint8, shape (examples, ...).
        levels: Neurons of a pixel; number k of them spikes where the pixel is above
            (k + 1/2) / levels of white.
        time: When they spike, in ms.

    Returns:
        A sequence with one PreprocessedSpikes an image. Neurons are numbered row-major, those of a
        pixel follow each other: pixels of shape (28, 28) are a population of shape (28, 28, levels).

    Raises:
        ModelError: For pixels of another type, levels outside 1 to 64, or a time that is negative.

    Example:
        >>> images = numpy.array([[0, 128, 255]], numpy.uint8)
        >>> thermometer_encode_data(images, levels=2)[0].end_spikes
        array([0, 0, 1, 1, 2, 3])
    """
    where = "thermometer_encode_data"
    images = _images(data, where)
    count = require_count(levels, where, "levels", 1)
    if count > 64:
        raise ModelError(where, f"levels is {count}", "give a number from 1 to 64")
    when = require_number(time, where, "time")
    if not (np.isfinite(when) and when >= 0.0):
        raise ModelError(where, f"time is {when} ms", "give a time that is not negative")
    limits = ((2 * np.arange(count) + 1) * 255 // (2 * count)).astype(np.uint8)
    are_white = (images[:, :, None] > limits).view(np.uint8).reshape(len(images), -1)
    are_white.flags.writeable = False
    return EncodedImages(are_white, np.where(np.arange(256) > 0, when, np.nan))


def calc_max_spikes(spikes: Sequence[PreprocessedSpikes]) -> int:
    """The greatest number of spikes that an example has, all its neurons together.

    Args:
        spikes: One PreprocessedSpikes an example.

    Example:
        >>> calc_max_spikes([preprocess_spikes([3.0, 1.0], [0, 4], num_neurons=5)])
        2
    """
    return max((len(example.spike_times) for example in spikes), default=0)


def calc_latest_spike_time(spikes: Sequence[PreprocessedSpikes]) -> float:
    """The time in ms of the last spike of all examples; 0 when there is none.

    Args:
        spikes: One PreprocessedSpikes an example.

    Example:
        >>> spikes = [preprocess_spikes([3.0, 1.0], [0, 4], num_neurons=5)]
        >>> timesteps = int(numpy.ceil(calc_latest_spike_time(spikes) / 0.5)) + 1
        >>> timesteps
        7
    """
    if isinstance(spikes, EncodedImages):
        return spikes.latest_time
    return max(
        (float(np.max(example.spike_times)) for example in spikes if len(example.spike_times)),
        default=0.0,
    )


def _rows(spikes: Sequence[PreprocessedSpikes], where: str) -> List[Tuple[Any, Any]]:
    if not len(spikes):
        raise ModelError(where, "there is no example", "give at least one")
    return [(np.asarray(ends), np.asarray(times)) for ends, times in spikes]


def to_spike_trains(spikes: Sequence[PreprocessedSpikes]) -> SpikeTrains:
    """Spikes of a dataset in the engine's memory, so that several runs need not convert them.

    Args:
        spikes: One PreprocessedSpikes an example, at least one.

    Returns:
        All spikes at their exact times; can be given for a population of SpikeInput.

    Raises:
        ModelError: For examples of different populations, or times that are negative or not finite.

    Example:
        >>> spikes = to_spike_trains(x)
        >>> metrics, _ = compiled.evaluate({inputs: spikes}, {output: y})
    """
    rows = _rows(spikes, "to_spike_trains")
    return SpikeTrains.from_rows(len(rows[0][0]), rows)


def to_grid_spikes(
    spikes: Union[SpikeTrains, Sequence[PreprocessedSpikes]], dt: float, num_timesteps: int
) -> GridSpikes:
    """Spikes of a dataset sorted into time steps, which the engine otherwise does for every run.

    Args:
        spikes: Spike trains, or one PreprocessedSpikes an example.
        dt: The compiler's timestep in ms.
        num_timesteps: The compiler's steps of an example.

    Returns:
        All spikes by timestep; can be given for a population of SpikeInput.

    Raises:
        ModelError: For a spike after the last step.

    Example:
        >>> spikes = to_grid_spikes(x, dt=1.0, num_timesteps=20)
        >>> spikes.num_examples, spikes.num_neurons
        (24, 12)
    """
    steps = require_count(num_timesteps, "to_grid_spikes", "num_timesteps", 1)
    if isinstance(spikes, SpikeTrains):
        return GridSpikes.from_trains(spikes, float(dt), steps)
    if isinstance(spikes, EncodedImages):
        return spikes.on_grid(dt, steps)
    rows = _rows(spikes, "to_grid_spikes")
    return GridSpikes.from_rows(len(rows[0][0]), rows, float(dt), steps, 0)
