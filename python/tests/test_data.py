"""Datasets of spikes."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltus.errors import ModelError
from saltus.utils.data import (
    batch_dataset,
    batch_spikes,
    calc_latest_spike_time,
    calc_max_spikes,
    calc_start_spikes,
    generate_yin_yang_dataset,
    get_dataset_size,
    linear_latency_encode_data,
    log_latency_encode_data,
    permute_dataset,
    preprocess_spikes,
    preprocess_tonic_spikes,
    preprocess_tonic_spikes_separate,
    split_dataset,
    thermometer_encode_data,
    to_grid_spikes,
    to_spike_trains,
)


@given(st.lists(st.tuples(st.floats(0, 19, width=32), st.integers(0, 6)), max_size=40))
def test_preprocessed_spikes_are_sorted_by_neuron_then_time(spikes: list) -> None:
    times = np.array([time for time, _ in spikes])
    ids = np.array([neuron for _, neuron in spikes], int)
    ends, sorted_times = preprocess_spikes(times, ids, 7)
    begin = 0
    for neuron, end in enumerate(ends):
        np.testing.assert_array_equal(sorted_times[begin:end], np.sort(times[ids == neuron]))
        begin = end
    assert begin == len(times)
    # Both ways into the engine agree.
    direct = to_grid_spikes([(ends, sorted_times)], 0.5, 40)
    trains = to_spike_trains([(ends, sorted_times)])
    for first, second in zip(direct.example(0), to_grid_spikes(trains, 0.5, 40).example(0)):
        np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(np.sort(trains.example(0)[0]), np.sort(times))


def test_spikes_that_do_not_fit() -> None:
    with pytest.raises(ModelError, match="there is no neuron 7 among 7; give neurons from 0 on"):
        preprocess_spikes([1.0], [7], 7)
    with pytest.raises(ModelError, match=r"times have shape \(1,\), ids \(2,\)"):
        preprocess_spikes([1.0], [0, 1], 7)


EVENTS = np.array(
    [(2, 1, 0, 1000), (0, 0, 1, 3000), (2, 1, 0, 1500), (1, 1, 1, 2500)],
    dtype=[("x", int), ("y", int), ("p", int), ("t", int)],
)


def test_tonic_events() -> None:
    ends, times = preprocess_tonic_spikes(EVENTS, ("x", "y", "p", "t"), (3, 2, 2))
    assert np.flatnonzero(np.diff(ends, prepend=0)).tolist() == [1, 9, 10] and len(ends) == 12
    np.testing.assert_allclose(times, [3.0, 2.5, 1.0, 1.5])
    ends, _ = preprocess_tonic_spikes(EVENTS, ("x", "y", "p", "t"), (3, 2, 1))
    assert np.flatnonzero(np.diff(ends, prepend=0)).tolist() == [0, 4, 5]
    histogram = preprocess_tonic_spikes(
        EVENTS, ("x", "y", "p", "t"), (3, 2, 2), dt=1.0, histogram_thresh=2
    )
    assert histogram.end_spikes[10] == 1 and histogram.spike_times.tolist() == [1.0]
    with pytest.raises(RuntimeError, match="there is no field 'p'"):
        preprocess_tonic_spikes(EVENTS, ("x", "y", "t"), (3, 2, 2))
    with pytest.raises(ModelError, match="dt is not; give both"):
        preprocess_tonic_spikes(EVENTS, ("x", "y", "p", "t"), (3, 2, 2), histogram_thresh=2)


def test_latency_codes() -> None:
    images = np.array([[[0, 1, 2], [128, 200, 255]], [[0, 0, 0], [0, 0, 255]]], np.uint8)
    first, second = linear_latency_encode_data(images, max_time=20.0, min_time=2.0)
    assert first.end_spikes.tolist() == [0, 0, 1, 2, 3, 4]
    expected = (255.0 - np.array([2, 128, 200, 255])) / 255.0 * 18.0 + 2.0
    np.testing.assert_allclose(first.spike_times, expected)
    assert second.end_spikes.tolist() == [0, 0, 0, 0, 0, 1] and second.spike_times.tolist() == [2.0]
    first, second = log_latency_encode_data(images, tau_eff=20.0, thresh=51)
    bright = np.array([128.0, 200.0, 255.0])
    np.testing.assert_allclose(first.spike_times, 20.0 * np.log(bright / (bright - 51)))
    with pytest.raises(ModelError, match="pixels are of type float64; give 8-bit pixels"):
        linear_latency_encode_data(images / 255.0, 20.0)
    many = np.random.default_rng(0).integers(0, 256, (600, 7), np.uint8)
    encoded = linear_latency_encode_data(many, 20.0)
    assert len(encoded) == 600
    assert all(e.end_spikes[-1] == (i > 1).sum() == len(e[1]) for i, e in zip(many, encoded))


def test_thermometer_codes() -> None:
    images = np.arange(256, dtype=np.uint8).reshape(2, 64, 2)
    first, second = thermometer_encode_data(images, levels=4, time=1.5)
    assert len(first.end_spikes) == len(second.end_spikes) == 512
    for number, example in enumerate([first, second]):
        spikes = np.diff(example.end_spikes, prepend=0).reshape(128, 4)
        values = np.arange(128)[:, None] + 128 * number
        np.testing.assert_array_equal(spikes, values > np.array([31.875, 95.625, 159.375, 223.125]))
        assert (example.spike_times == 1.5).all()
    encoded = thermometer_encode_data(images, 64)
    spikes = np.diff(np.array([example.end_spikes for example in encoded]), prepend=0)
    limits = (2 * np.arange(64) + 1) / 128 * 255
    np.testing.assert_array_equal(
        spikes.reshape(256, 64), np.arange(256)[:, None] > limits, "every value and level"
    )
    for levels, time, message in [
        (0, 0.0, "levels is 0"),
        (65, 0.0, "levels is 65; give a number from 1 to 64"),
        (8, -1.0, "time is -1.0 ms"),
        (8, float("inf"), "time is inf"),
    ]:
        with pytest.raises(ModelError, match=message):
            thermometer_encode_data(images, levels, time)
    with pytest.raises(ModelError, match="pixels are of type float64"):
        thermometer_encode_data(images / 255.0)


def test_encoded_images_are_a_sequence() -> None:
    images = np.random.default_rng(0).integers(0, 256, (600, 5), np.uint8)
    encoded = linear_latency_encode_data(images, 18.0, 2.0)
    listed = list(encoded)

    def same(first: Any, second: Any) -> bool:
        pairs = zip(first, second)
        return len(first) == len(second) and all(
            np.array_equal(a, b) for one, other in pairs for a, b in zip(one, other)
        )

    assert len(listed) == 600 and same(encoded[7:400:3], listed[7:400:3])
    assert same([encoded[-1], encoded[np.int64(3)]], [listed[-1], listed[3]])
    order = np.random.default_rng(1).permutation(600)
    assert same(encoded[order], [listed[index] for index in order])
    assert same(encoded[images[:, 0] > 99], [e for e, i in zip(listed, images) if i[0] > 99])
    assert same(encoded + encoded[:5], listed + listed[:5])
    assert same(encoded[:2] + listed[:3], listed[:2] + listed[:3])
    assert same(listed[:2] + encoded[:3], listed[:2] + listed[:3])
    assert same(pickle.loads(pickle.dumps(encoded)), listed)
    assert calc_latest_spike_time(encoded) == calc_latest_spike_time(listed)
    assert calc_max_spikes(encoded) == calc_max_spikes(listed)
    permuted = permute_dataset({"x": encoded}, order.tolist())
    assert same(permuted["x"], [listed[index] for index in order])
    with pytest.raises(IndexError):
        encoded[600]
    # What happens to the images afterwards is no concern of the spikes.
    images[:] = 0
    assert same(encoded, listed) and "600 examples of 5 neurons" in repr(encoded)
    assert calc_latest_spike_time(encoded[:0]) == 0.0


@given(st.integers(0, 9), st.sampled_from([0.5, 1.0, 1.3]), st.booleans())
def test_encoded_images_on_the_grid(seed: int, dt: float, logarithmic: bool) -> None:
    """They are what their list is."""
    images = np.random.default_rng(seed).integers(0, 256, (4, 3, 2), np.uint8)
    if logarithmic:
        encoded = log_latency_encode_data(images, 20.0, 51)
    else:
        encoded = linear_latency_encode_data(images, 18.0, 2.0)
    steps = int(np.ceil(calc_latest_spike_time(encoded) / dt)) + 1
    direct, listed = encoded.on_grid(dt, steps), to_grid_spikes(list(encoded), dt, steps)
    assert direct is encoded.on_grid(dt, steps)
    for example in range(4):
        for one, other in zip(direct.example(example), listed.example(example)):
            np.testing.assert_array_equal(one, other)
    with pytest.raises(ModelError, match="spikes at .* after the last step"):
        encoded.on_grid(dt, 1)


def test_yin_yang() -> None:
    np.random.seed(0)
    spikes, labels = generate_yin_yang_dataset(500, scale=20.0, offset=2.0)
    assert len(spikes) == 500 and set(labels) == {0, 1, 2}
    times = np.stack([example.spike_times for example in spikes])
    np.testing.assert_allclose(times[:, 0], 2.0)
    np.testing.assert_allclose(times[:, 1] + times[:, 3], 24.0)
    x, y = (times[:, 1:3].T - 2.0) / 20.0
    assert np.all(np.hypot(x - 0.5, y - 0.5) <= 0.5)
    is_eye = np.minimum(np.hypot(x - 0.25, y - 0.5), np.hypot(x - 0.75, y - 0.5)) < 0.1
    np.testing.assert_array_equal(is_eye, labels == 2)
    assert len(generate_yin_yang_dataset(3, 20.0, bias=False)[0][0].end_spikes) == 4


def test_figures_of_datasets() -> None:
    spikes = [preprocess_spikes(t, np.zeros(len(t), int), 3) for t in ([1.0, 4.5], [2.0], [])]
    assert calc_max_spikes(spikes) == 2 and calc_latest_spike_time(spikes) == 4.5
    assert get_dataset_size({"a": spikes, "b": np.zeros(3)}) == 3
    assert get_dataset_size({"a": spikes, "b": np.zeros(2)}) is None


def test_parts_of_datasets() -> None:
    data = {"list": list(range(10)), "array": np.arange(10) * 2}
    batches = batch_dataset(data, 4, 10)
    assert [batch["list"] for batch in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    first, last = split_dataset(data, 0.25)
    assert first["array"].tolist() == [0, 2, 4, 6, 8, 10, 12, 14] and last["list"] == [8, 9]
    permuted = permute_dataset(data, np.arange(10)[::-1])
    assert permuted["list"][0] == 9 and permuted["array"][0] == 18
    with pytest.raises(RuntimeError, match="split is 1.5"):
        split_dataset(data, 1.5)
    with pytest.raises(ModelError, match="9 indices for 10 examples"):
        permute_dataset(data, np.arange(9))


def test_parts_of_spikes_in_memory() -> None:
    spikes = [preprocess_spikes([float(n)], [n], 6) for n in range(6)]
    for kept in (to_spike_trains(spikes), to_grid_spikes(spikes, 1.0, 10)):
        first, last = split_dataset({"x": kept}, 1 / 3)
        assert (first["x"].num_examples, last["x"].num_examples) == (4, 2)
        times, neurons = last["x"].example(1)
        assert times.tolist() == [5.0] and neurons.tolist() == [5]


def test_tonic_events_of_each_polarity() -> None:
    fields = ("x", "y", "p", "t")
    off, on = preprocess_tonic_spikes_separate(EVENTS, fields, (3, 2, 2))
    assert np.flatnonzero(np.diff(off.end_spikes, prepend=0)).tolist() == [5]
    assert off.spike_times.tolist() == [1.0, 1.5] and len(on.end_spikes) == 6
    assert np.flatnonzero(np.diff(on.end_spikes, prepend=0)).tolist() == [0, 4]
    off, _ = preprocess_tonic_spikes_separate(EVENTS, fields, (3, 2, 2), dt=1.0, histogram_thresh=2)
    assert off.spike_times.tolist() == [1.0]
    with pytest.raises(RuntimeError, match="the sensor has 1 polarity; use preprocess_tonic"):
        preprocess_tonic_spikes_separate(EVENTS, fields, (3, 2, 1))
    with pytest.raises(RuntimeError, match="there is no field 'p'"):
        preprocess_tonic_spikes_separate(EVENTS, ("x", "y", "t"), (3, 2, 2))


@given(st.lists(st.lists(st.integers(0, 4), max_size=9), min_size=1, max_size=5), st.integers(0, 3))
def test_batches_of_spikes(neurons: list, silent: int) -> None:
    spikes = [preprocess_spikes(np.arange(len(ids)) * 1.0, ids, 5) for ids in neurons]
    batch = batch_spikes(spikes, len(spikes) + silent)
    starts = calc_start_spikes(batch.end_spikes)
    assert batch.end_spikes.shape == starts.shape == (len(spikes) + silent, 5)
    for example, (ends, times) in enumerate(spikes):
        begins = calc_start_spikes(ends)
        for neuron in range(5):
            found = batch.spike_times[starts[example, neuron] : batch.end_spikes[example, neuron]]
            np.testing.assert_array_equal(found, times[begins[neuron] : ends[neuron]])
    np.testing.assert_array_equal(starts[len(spikes) :], batch.end_spikes[len(spikes) :])


def test_batches_that_do_not_fit() -> None:
    spikes = [preprocess_spikes([1.0], [0], 3)] * 2
    with pytest.raises(RuntimeError, match="there are 2 examples for a batch of 1"):
        batch_spikes(spikes, 1)
    with pytest.raises(RuntimeError, match="there are 0 examples"):
        batch_spikes([], 1)
    with pytest.raises(RuntimeError, match="examples have 3 and 4 neurons"):
        batch_spikes([*spikes, preprocess_spikes([1.0], [0], 4)], 3)
