"""Connectivity that is written in Python."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from conftest import random_spikes
from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.connectivity import Dense, RowConnectivity
from saltus.errors import ModelError
from saltus.initializers import Normal
from saltus.neurons import BinarySpikeInput, IntegrateFire, LeakyIntegrate, SpikeInput
from saltus.synapses import Exponential


class Ring(RowConnectivity):
    """Each neuron to the `reach` next ones."""

    def __init__(self, reach: int, weight: Any = 1.0, delay: Any = 0) -> None:
        super().__init__(weight, delay)
        self.reach = reach

    def connect(self, source: Any, target: Any) -> None:
        if target.shape is None:
            target.shape = source.shape
        if target.size != source.size:
            raise ValueError(f"{source.name} and {target.name} are no ring")

    def row(self, pre: int, request: Any) -> Any:
        return (pre + 1 + np.arange(self.reach)) % request.num_post


class IndependentRing(Ring):
    rows_are_independent = True


class Weighted(RowConnectivity):
    def row(self, pre: int) -> Any:
        return [0, 1], [pre + 0.5, -1], [pre, 1]


class Random(RowConnectivity):
    rows_are_independent = True

    def row(self, pre: int, request: Any) -> Any:
        drawn = [request.stream.uniform(pre, draw) for draw in range(request.num_post)]
        return np.flatnonzero(np.array(drawn) < 0.3)


class Broken(RowConnectivity):
    def row(self, pre: int) -> Any:
        raise LookupError(f"no row {pre}")


def compiled_with(connectivity: Any, size: Any = 5, target: Any = None, **arguments: Any) -> Any:
    with Network() as network:
        source = Population(BinarySpikeInput(), size)
        neurons = Population(IntegrateFire(v_thresh=1e9, readout="var"), target)
        connection = Connection(source, neurons, connectivity)
    return InferenceCompiler(2, **arguments).compile(network), source, neurons, connection


def matrix_of(compiled: Any, source: Any, target: Any, _: Any = None) -> np.ndarray:
    return compiled.predict({source: np.eye(source.size)})[0][target]


@pytest.mark.parametrize("cls", [Ring, IndependentRing])
@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_targets(cls: type, in_memory: bool, backend: str) -> None:
    made = compiled_with(cls(2), prefer_in_memory_connect=in_memory, backend=backend, threads=2)
    expected = np.roll(np.eye(5), 1, axis=1) + np.roll(np.eye(5), 2, axis=1)
    np.testing.assert_allclose(matrix_of(*made), expected)


def test_shapes_are_inferred_and_checked() -> None:
    *_, target, _ = compiled_with(Ring(1))
    assert target.shape == (5,)
    with pytest.raises(ValueError, match="Pop0 and Pop1 are no ring"):
        compiled_with(Ring(1), 5, 4)


def test_weights_and_delays() -> None:
    compiled, _, _, connection = compiled_with(Weighted(), 3, 2)
    pre, post, weight, delay = compiled.synapses(connection)
    assert pre.tolist() == [0, 0, 1, 1, 2, 2] and post.tolist() == [0, 1] * 3
    assert weight.tolist() == [0.5, -1, 1.5, -1, 2.5, -1] and delay.tolist() == [0, 1, 1, 1, 2, 1]


def test_one_weight_a_synapse() -> None:
    weights = np.arange(10.0)
    compiled, *_, connection = compiled_with(Ring(2, weight=weights))
    np.testing.assert_allclose(np.sort(compiled.synapses(connection).weight), weights)


def test_random_rows_follow_the_seed() -> None:
    matrices = [
        matrix_of(*compiled_with(Random(), 20, 20, rng_seed=seed, prefer_in_memory_connect=memory))
        for seed, memory in ((1, True), (1, False), (2, True))
    ]
    np.testing.assert_array_equal(matrices[0], matrices[1])
    assert not np.array_equal(matrices[0], matrices[2])


def test_errors_come_through() -> None:
    with pytest.raises(LookupError, match="no row 0") as caught:
        compiled_with(Broken(), 3, 3)
    assert caught.traceback[-1].name == "row"


def test_errors_come_through_from_any_thread() -> None:
    class Late(IndependentRing):
        def row(self, pre: int, request: Any) -> Any:
            if broken:
                raise LookupError(f"no row {pre}")
            return super().row(pre, request)

    broken = False
    made = compiled_with(Late(2), 40, prefer_in_memory_connect=False, threads=2, batch_size=16)
    expected = matrix_of(*made)
    broken = True
    with pytest.raises(LookupError, match="no row"):
        matrix_of(*made)
    broken = False
    np.testing.assert_array_equal(matrix_of(*made), expected)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ([7], ModelError, "row 0 names target 7"),
        ([-1], ModelError, r"\[Given row 0\] its targets holds -1"),
        (([0], [1.0, 2.0]), ModelError, "row 0 gives 2 weights for 1 targets"),
        (([0], [np.nan]), ModelError, "row 0 gives a weight nan"),
        (([0], None, [1.5]), ModelError, "row 0 gives a delay of 1.5 timesteps"),
        (([0], [1], [1], [1]), ModelError, "row.. gives 4 arrays"),
        ([0.5], TypeError, "whole numbers"),
        (None, ModelError, "return targets"),
    ],
)
def test_rows_that_do_not_fit(given: Any, kind: type, message: str) -> None:
    class Given(RowConnectivity):
        def row(self, pre: int) -> Any:
            return given

    with pytest.raises(kind, match=message):
        compiled_with(Given(), 2, 3)


def test_it_trains() -> None:
    with Network(default_params) as network:
        source = Population(SpikeInput(), 12)
        hidden = Population("leaky_integrate_fire")
        output = Population(LeakyIntegrate(readout="avg_var"), 3)
        ring = Connection(source, hidden, Ring(4, Normal(1.0, 0.2)), Exponential(5.0))
        Connection(hidden, output, Dense(Normal(0.2, 0.3)), Exponential(5.0))
    compiled = EventPropCompiler(20, "sparse_categorical_crossentropy").compile(network)
    before = compiled.weights(ring)
    metrics, _ = compiled.train({source: random_spikes(20, 12)}, {output: np.arange(20) % 3}, 5)
    assert metrics.history[-1]["loss"] < metrics.history[0]["loss"]
    assert not np.array_equal(compiled.weights(ring), before)


def test_nothing_keeps_it_for_ever() -> None:
    connectivity = Ring(2)
    compiled, *rest = compiled_with(connectivity)
    kept = weakref.ref(rest[-1].connectivity)
    del connectivity, compiled, rest
    gc.collect()
    assert kept() is None
