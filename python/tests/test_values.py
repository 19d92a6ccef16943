"""Numbers, arrays and initializers as arguments."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saltus import Connection, Network, Population
from saltus.compilers import InferenceCompiler
from saltus.connectivity import Conv2D, Dense, OneToOne, Sparse
from saltus.errors import ArgumentTypeError, ModelError
from saltus.initializers import Initializer, Normal, Uniform
from saltus.neurons import BinarySpikeInput, IntegrateFire


def weights_of(connectivity: object, source: object = 3, target: object = 4) -> np.ndarray:
    with Network() as network:
        inputs = Population(BinarySpikeInput(), source)
        outputs = Population(IntegrateFire(readout="var"), target)
        connection = Connection(inputs, outputs, connectivity)
    return InferenceCompiler(5).compile(network).weights(connection)


@given(
    hnp.arrays(
        st.sampled_from(["f8", "f4", "i8", "i4", "u1", "i2", ">f8", "?"]),
        (3, 4),
        elements={"min_value": 0, "max_value": 1},
    ),
    st.sampled_from(["plain", "fortran", "strided", "reversed", "read-only", "list"]),
)
def test_arrays_of_any_type_and_layout(array: np.ndarray, layout: str) -> None:
    expected = array.astype(float)
    if layout == "fortran":
        array = np.asfortranarray(array)
    elif layout == "strided":
        array = np.repeat(np.repeat(array, 2, axis=0), 3, axis=1)[::2, ::3]
    elif layout == "reversed":
        array = np.ascontiguousarray(array[::-1, ::-1])[::-1, ::-1]
    elif layout == "read-only":
        array.flags.writeable = False
    elif layout == "list":
        array = array.tolist()
    np.testing.assert_allclose(weights_of(Dense(array)), expected, rtol=1e-6, atol=1e-30)


def test_arrays_are_copied() -> None:
    array = np.ones((3, 4))
    connectivity = Dense(array)
    array[:] = 7.0
    np.testing.assert_array_equal(connectivity.weight, np.ones((3, 4)))
    with pytest.raises(ValueError, match="read-only"):
        connectivity.weight[0, 0] = 2.0


@pytest.mark.parametrize("value", [0.5, 1, True, np.float32(0.5), np.int64(2), np.array(0.5)])
def test_numbers(value: object) -> None:
    assert Dense(value).weight == float(value)


def test_initializers_and_their_names() -> None:
    np.testing.assert_array_equal(weights_of(Dense("normal")), weights_of(Dense(Normal())))
    uniform = weights_of(Dense(Uniform(2.0, 3.0)))
    assert uniform.min() >= 2.0 and uniform.max() <= 3.0 and len(np.unique(uniform)) == 12


@pytest.mark.parametrize("value", [None, {}, object(), 1j])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(RuntimeError, match=r"^\[Dense\] weight is .*; give a number, an array"):
        Dense(value)


def test_arrays_of_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="array of complex128; give an array of numbers"):
        Dense(np.ones((3, 4), complex))
    with pytest.raises(ModelError, match="there is no initializer 'norml'; did you mean 'normal'"):
        Dense("norml")
    with pytest.raises(ModelError, match="weight"):
        Dense(np.array([[np.nan]]))


def test_pairs() -> None:
    for size in (3, (3, 3), [3, 3], np.int64(3), np.array([3, 3])):
        assert Conv2D(1.0, 2, size).conv_size == (3, 3)
    assert Conv2D(1.0, 2, (3, 4)).conv_size == (3, 4)
    with pytest.raises(ValueError, match="conv_size has 3 numbers"):
        Conv2D(1.0, 2, (1, 2, 3))
    with pytest.raises(TypeError, match="conv_size is 2.5"):
        Conv2D(1.0, 2, 2.5)
    with pytest.raises(ArgumentTypeError, match="conv_size is None"):
        Conv2D(1.0, 2, None)


def test_indices() -> None:
    sparse = Sparse([0, 1, 2], np.array([3, 2, 1], np.int16), weight=[1.0, 2.0, 3.0])
    np.testing.assert_allclose(weights_of(sparse), [1.0, 2.0, 3.0])
    compressed = Sparse.from_csr([0, 1, 1, 3], [3, 0, 1], 0.5)
    assert compressed.pre_ind.tolist() == [0, 2, 2]
    explicit = OneToOne(np.array([5.0, 6.0]))
    explicit.pre_ind, explicit.post_ind = [0, 1], [1, 0]
    np.testing.assert_allclose(weights_of(explicit, 2, 2), [5.0, 6.0])
    with pytest.raises(ModelError, match="pre_ind holds -1"):
        Sparse([-1], [0], 1.0)
    with pytest.raises(TypeError, match="float64; give a one-dimensional array of whole numbers"):
        Sparse([0.5], [0], 1.0)


class Ramp(Initializer):
    """Twice the element's number; some randomness that repeats itself."""

    def value(self, stream: object, element: int) -> float:
        assert stream.uniform(element) == stream.uniform(element)
        return 2.0 * element


class Broken(Initializer):
    def value(self, stream: object, element: int) -> float:
        raise LookupError(f"nothing for {element}")


def test_initializer_written_in_python() -> None:
    np.testing.assert_allclose(weights_of(Dense(Ramp())).ravel(), 2.0 * np.arange(12))


def test_errors_of_an_initializer_come_through() -> None:
    with pytest.raises(LookupError, match="nothing for 0") as caught:
        weights_of(Dense(Broken()))
    assert caught.traceback[-1].name == "value"


def test_copies_and_pickles() -> None:
    connectivity = Conv2D(Normal(0.1), 4, 3, conv_padding="same")
    for other in (
        copy.copy(connectivity),
        copy.deepcopy(connectivity),
        pickle.loads(pickle.dumps(connectivity)),
    ):
        assert other.conv_size == (3, 3) and other.weight.mean == 0.1
        np.testing.assert_array_equal(
            weights_of(other, (6, 6, 1), None), weights_of(connectivity, (6, 6, 1), None)
        )
    assert "Normal(mean=0.1, sd=1.0)" in repr(connectivity)
