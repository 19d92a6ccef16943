"""Varied copies of spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import compile_small, small_network
from saltus.errors import ArgumentTypeError, ModelError
from saltus.utils.augmentation import (
    AddSpikes,
    BlendExamples,
    DeleteSpikes,
    JitterTime,
    MirrorNeurons,
    ShiftNeurons,
    ShiftTime,
    SpikeAugmentation,
    SpikeTransform,
)
from saltus.utils.data import (
    EncodedImages,
    SpikeDataset,
    SpikeTrains,
    linear_latency_encode_data,
    mix_datasets,
    preprocess_spikes,
    thermometer_encode_data,
    to_spike_trains,
)


def trains(examples: int = 20, neurons: int = 12, seed: int = 0) -> SpikeTrains:
    rng = np.random.default_rng(seed)
    return to_spike_trains(
        [
            preprocess_spikes(rng.random(count) * 18.0, rng.integers(0, neurons, count), neurons)
            for count in rng.integers(0, 30, examples)
        ]
    )


def all_of(spikes: SpikeTrains) -> list:
    return [tuple(map(tuple, spikes.example(number))) for number in range(spikes.num_examples)]


TRANSFORMS = st.lists(
    st.one_of(
        st.builds(lambda most: ShiftNeurons((4, 3), most), st.tuples(*[st.integers(0, 2)] * 2)),
        st.builds(
            lambda axis, p: MirrorNeurons((4, 3), axis, p), st.integers(0, 1), st.floats(0, 1)
        ),
        st.builds(ShiftTime, st.floats(0, 30)),
        st.builds(JitterTime, st.floats(0, 30)),
        st.builds(DeleteSpikes, st.floats(0, 1)),
        st.builds(lambda mean: AddSpikes(mean, 18.0), st.floats(0, 20)),
        st.builds(lambda p: BlendExamples((4, 3), probability=p), st.floats(0, 1)),
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(TRANSFORMS, st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.floats(0.1, 40.0))
def test_copies_fit_and_can_be_made_again(
    transforms: Any, seed: int, epoch: int, duration: float
) -> None:
    given_spikes, labels = trains(), np.arange(20) % 3
    augmentation = SpikeAugmentation(transforms, seed, duration, threads=1)
    varied = augmentation(given_spikes, labels, epoch)
    assert (varied.num_examples, varied.num_neurons) == (20, 12)
    for number in range(20):
        times, neurons = varied.example(number)
        assert np.all((times >= 0.0) & (times < duration)) and np.all(np.diff(times) >= 0.0)
        assert np.all(neurons < 12)
    again = SpikeAugmentation(transforms, seed, duration, threads=2)(given_spikes, labels, epoch)
    assert all_of(varied) == all_of(again)


def test_deleting_leaves_a_part_of_what_was_there() -> None:
    before, after = trains(), SpikeAugmentation([DeleteSpikes(0.5)])(trains())
    assert 0 < after.num_spikes < before.num_spikes
    for old, new in zip(all_of(before), all_of(after)):
        assert set(zip(*new)) <= set(zip(*old))


def test_lists_of_spikes_are_taken_too() -> None:
    example = preprocess_spikes([3.0, 1.0], [0, 4], num_neurons=5)
    copy = SpikeAugmentation([])([example])
    np.testing.assert_array_equal(copy.example(0)[0], [1.0, 3.0])


def test_training_takes_other_copies_in_every_epoch() -> None:
    small = small_network()
    inputs, output, x, y = small.inputs, small.output, small.x, small.y
    seen = []

    def record(epoch: int) -> Any:
        seen.append(epoch)
        return {inputs: x}, {output: y}

    compiled = compile_small(small)
    plain, _ = compiled.train({inputs: x}, {output: y}, 3, callbacks=[])
    recorded, _ = compile_small(small).train(
        {inputs: x}, {output: y}, 3, callbacks=[], augment=record
    )
    assert seen == [0, 1, 2]
    losses = [[epoch["loss"] for epoch in run.history] for run in (plain, recorded)]
    assert losses[0] == losses[1]
    augmentation = SpikeAugmentation([DeleteSpikes(0.3)], duration=19.0)
    varied, _ = compile_small(small).train(
        {inputs: x},
        {output: y},
        3,
        callbacks=[],
        augment=augmentation.each_epoch({inputs: x}, {output: y}),
    )
    assert [epoch["loss"] for epoch in varied.history] != losses[0]


def test_what_augment_may_be() -> None:
    small = small_network()
    inputs, output, x, y = small.inputs, small.output, small.x, small.y
    compiled = compile_small(small)

    def train(augment: Any, **others: Any) -> None:
        compiled.train({inputs: x}, {output: y}, 1, callbacks=[], augment=augment, **others)

    with pytest.raises(ArgumentTypeError, match="augment is 3; give a function"):
        train(3)
    with pytest.raises(ArgumentTypeError, match="augment has returned a NoneType"):
        train(lambda epoch: None)
    with pytest.raises(ModelError, match="augment"):
        train(lambda epoch: ({inputs: x}, {output: y}), validation_split=0.25)
    with pytest.raises(ZeroDivisionError):
        train(lambda epoch: 1 // 0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SpikeTransform(), ArgumentTypeError, "it is a base class"),
        (lambda: ShiftNeurons((3,), 3), ModelError, "max_shift is 3 along axis 0"),
        (lambda: ShiftNeurons((3,), (1, 1)), ModelError, "max_shift has 2 numbers"),
        (lambda: ShiftNeurons((3,), "x"), ArgumentTypeError, "max_shift is 'x'"),
        (lambda: ShiftNeurons((3,), 0.5), ArgumentTypeError, "max_shift is 0.5"),
        (lambda: ShiftNeurons(None, 1), ModelError, "its shape is None"),
        (lambda: MirrorNeurons((3,)), ModelError, r"axis is 1 for the shape \(3,\)"),
        (lambda: MirrorNeurons((3, 3), probability=2.0), ModelError, "probability is 2"),
        (lambda: ShiftTime(-1.0), ModelError, "max_shift is -1 ms"),
        (lambda: JitterTime(float("inf")), ModelError, "sd is inf ms"),
        (lambda: DeleteSpikes(1.1), ModelError, "probability is 1.1"),
        (lambda: DeleteSpikes("x"), ArgumentTypeError, "probability is 'x'"),
        (lambda: AddSpikes(1.0, 0.0), ModelError, "duration is 0 ms"),
        (lambda: BlendExamples((3,), 2), ModelError, "num_aligned_axes is 2"),
        (lambda: SpikeAugmentation([3]), ArgumentTypeError, "a transform is 3"),
        (lambda: SpikeAugmentation([], seed=-1), ModelError, "seed is -1"),
        (lambda: SpikeAugmentation([], duration=0.0), ModelError, "duration is 0 ms"),
        (
            lambda: SpikeAugmentation([BlendExamples(12)])(trains()),
            ModelError,
            "it was given no labels",
        ),
        (lambda: SpikeAugmentation([])(trains(), [0]), ModelError, "1 labels for 20 examples"),
        (lambda: SpikeAugmentation([])(trains(), [-1] * 20), ModelError, "a label is -1"),
        (lambda: SpikeAugmentation([])(trains(), [0.5] * 20), ArgumentTypeError, "float64"),
        (
            lambda: SpikeAugmentation([ShiftNeurons(5, 1)])(trains()),
            ModelError,
            "its shape .* has 5 neurons, but the spikes are of 12",
        ),
    ],
)
def test_mistakes_are_told(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_epochs_of_several_data_sets() -> None:
    one = SpikeDataset(trains(8), np.zeros(8, np.int32), (12,), ["a"])
    two = SpikeDataset(trains(4, seed=1), np.ones(4, np.int32), (12,), [])
    seen = []
    for epoch in range(4):
        mixed = mix_datasets([one, two], [3, 1], 8, epoch=epoch)
        assert mixed.labels.tolist() == [0] * 6 + [1] * 2 and mixed.shape == (12,)
        seen += all_of(mixed.spikes)[6:]
    assert sorted(seen[:4]) == sorted(seen[4:]) == sorted(all_of(two.spikes))
    with pytest.raises(ModelError, match="there is no data set"):
        mix_datasets([], [], 3)
    with pytest.raises(ModelError, match="2 data sets and 1 proportions"):
        mix_datasets([one, two], [1.0], 3)
    with pytest.raises(ArgumentTypeError, match="a data set is a tuple"):
        mix_datasets([(one.spikes, one.labels)], [1.0], 3)  # type: ignore[list-item]


@given(st.integers(0, 99), st.sampled_from(["thermometer", "latency"]))
def test_pixels_move_like_their_spikes(seed: int, code: str) -> None:
    images = np.random.default_rng(seed).integers(0, 256, (9, 4, 5), np.uint8)
    images[images < 100] = 0
    if code == "thermometer":
        encoded, shape = thermometer_encode_data(images, 3, 1.0), (4, 5, 3)
    else:
        encoded, shape = linear_latency_encode_data(images, 18.0, 2.0), (4, 5)
    moves = [ShiftNeurons(shape, (1, 2)), MirrorNeurons(shape)]
    augmentation = SpikeAugmentation(moves, seed, 19.0)
    moved = augmentation(encoded, epoch=seed)
    assert isinstance(moved, EncodedImages)
    listed = augmentation(to_spike_trains(list(encoded)), epoch=seed)
    again = to_spike_trains(list(moved))
    for example in range(9):
        for one, other in zip(again.example(example), listed.example(example)):
            np.testing.assert_array_equal(one, other)
    # Spikes that are to be left out, or moved in time, have to be spikes.
    assert isinstance(SpikeAugmentation(moves, seed, 1.0)(encoded), SpikeTrains)
    assert isinstance(SpikeAugmentation([ShiftTime(1.0)], seed)(encoded), SpikeTrains)
    x, y = augmentation.each_epoch({"x": encoded}, {"y": np.zeros(9, int)})(seed)
    assert isinstance(x["x"], EncodedImages)
    np.testing.assert_array_equal(
        x["x"].on_grid(1.0, 20).example(3), moved.on_grid(1.0, 20).example(3)
    )
