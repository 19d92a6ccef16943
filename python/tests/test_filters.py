"""Which examples and neurons are chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import compile_small, small_network
from saltus.callbacks import SpikeRecorder
from saltus.errors import ModelError
from saltus.utils.filter import ExampleFilter, chosen_neurons, get_neuron_filter_mask


@given(
    st.one_of(
        st.none(),
        st.integers(0, 30),
        st.lists(st.integers(0, 30), min_size=1),
        st.lists(st.booleans(), min_size=1).filter(any),
    ),
    st.integers(1, 7),
)
def test_masks_of_batches_are_parts_of_one_mask(chosen: Any, batch_size: int) -> None:
    examples = ExampleFilter(chosen)
    masks = [examples.get_batch_mask(batch, batch_size) for batch in range(35 // batch_size + 1)]
    whole = np.concatenate(masks)
    if chosen is None:
        assert whole.all()
    elif isinstance(chosen, list) and isinstance(chosen[0], bool):
        np.testing.assert_array_equal(
            np.flatnonzero(whole), np.flatnonzero(chosen)[np.flatnonzero(chosen) < len(whole)]
        )
    else:
        assert set(np.flatnonzero(whole)) == set(np.atleast_1d(chosen).tolist())


SHAPE = (3, 4)
NUMBERS = np.arange(12).reshape(SHAPE)


@pytest.mark.parametrize(
    "chosen, expected",
    [
        (None, list(range(12))),
        (5, [5]),
        (np.int64(5), [5]),
        ([7, 2], [7, 2]),
        (np.array([7, 2], np.uint8), [7, 2]),
        (NUMBERS % 5 == 0, [0, 5, 10]),
        ((NUMBERS % 5 == 0).ravel(), [0, 5, 10]),
        ((slice(None), 1), [1, 5, 9]),
        ((slice(1, None), slice(0, 4, 2)), [4, 6, 8, 10]),
        (([0, 2], [3, 1]), [3, 9]),
    ],
)
def test_neurons(chosen: Any, expected: list) -> None:
    assert chosen_neurons(chosen, SHAPE).tolist() == expected
    assert np.flatnonzero(get_neuron_filter_mask(chosen, SHAPE)).tolist() == sorted(expected)


def test_slices_of_flat_populations() -> None:
    assert chosen_neurons(slice(1, 9, 3), 10).tolist() == [1, 4, 7]
    assert chosen_neurons((1, 4), 10).tolist() == [1, 4]


@pytest.mark.parametrize(
    "chosen, problem",
    [
        ([12], "there is no neuron 12 among 12"),
        ([-1], "there is no neuron -1"),
        ([0.5], "it holds float64; give whole numbers, slices or a mask"),
        (np.ones((4, 3), bool), r"the mask has shape \(4, 3\), the population \(3, 4\)"),
        (slice(2), r"it has 1 parts for a population of shape \(3, 4\)"),
        ((slice(None), 4), "out of bounds"),
        ([[1, 2]], r"its numbers have shape \(1, 2\)"),
        ([], "it chooses no neuron"),
        (np.zeros(12, bool), "it chooses no neuron"),
    ],
)
def test_neurons_that_are_not_there(chosen: Any, problem: str) -> None:
    with pytest.raises(ModelError, match=problem):
        chosen_neurons(chosen, SHAPE)


@pytest.mark.parametrize(
    "chosen, problem",
    [(-1, "numbers below 0"), ([], "chooses nothing"), (0.5, "holds float64"), ("a", "holds <U1")],
)
def test_examples_that_make_no_sense(chosen: Any, problem: str) -> None:
    with pytest.raises(ModelError, match=problem):
        ExampleFilter(chosen)
    with pytest.raises(ModelError, match="batch is -1"):
        ExampleFilter(None).get_batch_mask(-1, 4)


def test_recorders_take_slices() -> None:
    small = small_network()
    compiled = compile_small(small)
    listed = SpikeRecorder(small.hidden, neuron_filter=[1, 3, 5, 7], record_counts=True)
    sliced = SpikeRecorder(small.hidden, neuron_filter=slice(1, None, 2), record_counts=True)
    one = SpikeRecorder(small.hidden, neuron_filter=3, record_counts=True)
    _, data = compiled.predict({small.inputs: small.x}, callbacks=[listed, sliced, one])
    np.testing.assert_array_equal(data[0], data[1])
    np.testing.assert_array_equal(np.array(data[0])[:, 1:2], data[2])
