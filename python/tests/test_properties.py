"""What holds for all shapes, types of arrays and orders of doing things."""

from __future__ import annotations

import gc
import weakref
from typing import Any, Dict, List, Tuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from conftest import small_network
from saltus import Connection, InputLayer, Layer, Network, Population, SequentialNetwork
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.connectivity import Dense
from saltus.errors import Error, ModelError
from saltus.neurons import BinarySpikeInput, IntegrateFire, LeakyIntegrate

shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)
layouts = st.sampled_from(["plain", "fortran", "strided", "reversed", "read-only"])


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same numbers, otherwise in memory."""
    if layout == "fortran":
        return np.asfortranarray(array)
    if layout == "strided":
        wide = np.repeat(array, 2, axis=-1)
        return wide[..., ::2]
    if layout == "reversed":
        return np.ascontiguousarray(array[::-1])[::-1]
    array = array.copy()
    array.flags.writeable = layout != "read-only"
    return array


def layered(shape: Tuple[int, ...], hidden: Tuple[int, ...], classes: int, seed: int) -> Any:
    weights = np.random.default_rng(seed)
    network = SequentialNetwork()
    with network:
        inputs = InputLayer(BinarySpikeInput(), shape)
        first = weights.normal(0.5, 0.5, (int(np.prod(shape)), int(np.prod(hidden))))
        Layer(Dense(first), IntegrateFire(), hidden)
        second = weights.normal(0.5, 0.5, (int(np.prod(hidden)), classes))
        output = Layer(Dense(second), LeakyIntegrate(readout="sum_var"), classes)
    return network, inputs, output


@settings(max_examples=40)
@given(
    shapes,
    shapes,
    st.integers(1, 6),
    st.integers(0, 9),
    st.integers(1, 5),
    st.sampled_from(["?", "u1", "i2", "i8", "f4", "f8", ">f8", "f2"]),
    layouts,
)
def test_values_of_any_shape_type_and_layout(
    shape: Tuple[int, ...],
    hidden: Tuple[int, ...],
    classes: int,
    examples: int,
    batch_size: int,
    dtype: str,
    layout: str,
) -> None:
    network, inputs, output = layered(shape, hidden, classes, 1)
    plain = np.random.default_rng(2).integers(0, 2, (examples, *shape)).astype(float)
    given_data = laid_out(plain.astype(dtype), layout)
    compiled = InferenceCompiler(7, batch_size=batch_size).compile(network)
    if examples == 0:
        with pytest.raises(ModelError, match="it holds no example"):
            compiled.predict({inputs: given_data}, output)
        return
    found = compiled.predict({inputs: given_data}, output)[0][output]
    assert found.shape == (examples, classes)
    expected = InferenceCompiler(7, batch_size=1).compile(network)
    np.testing.assert_array_equal(found, expected.predict({inputs: plain}, output)[0][output])
    # As textbooks have it.
    first, second = (each.connectivity.weight for each in network.connections)
    for example, values in enumerate(plain):
        v, total, readout = 0.0, np.zeros(classes), np.zeros(classes)
        decay, spikes = np.exp(-1.0 / 20.0), np.zeros(int(np.prod(hidden)))
        sent = np.zeros(plain[0].size)
        for _ in range(7):
            total = decay * total + spikes @ second
            v = v + sent @ first
            spikes = (v >= 1.0).astype(float)
            v = np.where(v >= 1.0, 0.0, v)
            readout = readout + total
            sent = (values.ravel() > 0).astype(float)
        np.testing.assert_allclose(found[example], readout, rtol=1e-4, atol=1e-4)


@settings(max_examples=30)
@given(st.sampled_from(["u1", "i1", "i4", "i8", "u8", ">i4"]), layouts)
def test_labels_of_any_type_and_layout(dtype: str, layout: str) -> None:
    small = small_network()
    compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", batch_size=8)
    compiled = compiler.compile(small.network)
    labels = laid_out(small.y.astype(dtype), layout)
    x = {small.inputs: small.x}
    assert compiled.loss(x, {small.output: labels}) == compiled.loss(*small.data)
    metrics, _ = compiled.evaluate(x, {small.output: labels})
    assert metrics[small.output].result == compiled.evaluate(*small.data)[0][small.output].result


class ManyNetworks(RuleBasedStateMachine):
    """Networks are described, compiled, run and thrown away in any order, and none of them sees
    the others."""

    described = Bundle("described")
    compiled = Bundle("compiled")

    @rule(target=described, shape=shapes, hidden=shapes, seed=st.integers(0, 5))
    def describe(self, shape: Tuple[int, ...], hidden: Tuple[int, ...], seed: int) -> Any:
        return layered(shape, hidden, 3, seed)

    @rule(target=compiled, parts=described, threads=st.integers(1, 2))
    def compile(self, parts: Any, threads: int) -> Any:
        network, inputs, output = parts
        compiled = InferenceCompiler(5, batch_size=2, threads=threads).compile(network)
        x = np.ones((3, *inputs.population().shape))
        first = compiled.predict({inputs: x}, output)[0][output]
        return compiled, inputs, output, x, first

    @rule(parts=described)
    def fail(self, parts: Any) -> None:
        network, inputs, _ = parts
        before = repr(network)
        with pytest.raises(ModelError, match="batch_size"):
            InferenceCompiler(5, batch_size=0).compile(network)
        with pytest.raises(Error):
            EventPropCompiler(5, "sparse_categorical_crossentropy").compile(network)
        assert repr(network) == before

    @rule(made=compiled)
    def predict(self, made: Any) -> None:
        compiled, inputs, output, x, first = made
        found = compiled.predict({inputs: x}, output)[0][output]
        np.testing.assert_array_equal(found, first)

    @rule(made=consumes(compiled))
    def forget_compiled(self, made: Any) -> None:
        del made
        gc.collect()

    @rule(parts=consumes(described))
    def forget_description(self, parts: Any) -> None:
        del parts
        gc.collect()


ManyNetworks.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestManyNetworks = ManyNetworks.TestCase


def test_a_failed_compile_leaves_nothing_behind() -> None:
    """What was wrong is said again, what is put right compiles, and nobody holds the network."""
    with Network() as network:
        inputs = Population(BinarySpikeInput(), 4)
        output = Population(LeakyIntegrate(), 2)
        connection = Connection(inputs, output, Dense(1.0))
    failing: List[str] = []
    for _ in range(2):
        with pytest.raises(Error) as caught:
            EventPropCompiler(5, {output: "sparse_categorical_crossentropy"}).compile(network)
        failing.append(str(caught.value))
    assert failing[0] == failing[1]
    output.neuron = LeakyIntegrate(readout="var")
    compiled = InferenceCompiler(5).compile(network)
    data: Dict[Any, Any] = {inputs: np.ones((1, 4))}
    assert compiled.predict(data, output)[0][output].shape == (1, 2)
    held = weakref.ref(network)
    del network, inputs, output, connection, compiled, data, caught
    gc.collect()
    assert held() is None
