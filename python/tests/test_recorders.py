"""Recorders, schedules and training that goes on."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from conftest import compile_small, random_spikes, small_network
from saltus import Connection, Network, Population
from saltus.callbacks import ConnVarRecorder, OptimiserParamSchedule
from saltus.callbacks import SpikeRecorder, VarRecorder
from saltus.compilers import InferenceCompiler
from saltus.connectivity import FixedProbability
from saltus.errors import ModelError
from saltus.neurons import IntegrateFire, SpikeInput


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_recorders_see_what_the_trace_shows(backend: str) -> None:
    small = small_network()
    compiled = compile_small(small, backend=backend)
    spikes = SpikeRecorder(small.hidden, key="spikes")
    voltage = VarRecorder(small.output, "v", key="v", example_filter=[5])
    counts = SpikeRecorder("hidden", neuron_filter=[2, 0], record_counts=True)
    _, data = compiled.evaluate(*small.data, callbacks=[spikes, voltage, counts])
    times, neurons = data["spikes"]
    assert len(times) == len(neurons) == 24
    for example in (0, 5, 23):
        trace = compiled.trace({small.inputs: small.x}, example)
        steps, ids = trace.spikes[small.hidden]
        np.testing.assert_array_equal(times[example], steps * 1.0)
        np.testing.assert_array_equal(neurons[example], ids)
        expected = [np.count_nonzero(ids == neuron) for neuron in (2, 0)]
        np.testing.assert_array_equal(data[2][example], expected)
    assert len(data["v"]) == 1
    states = compiled.trace({small.inputs: small.x}, 5).states
    np.testing.assert_array_equal(data["v"][0], states["output.v"])


def test_weights_are_those_that_each_example_meets() -> None:
    small = small_network()
    compiled = compile_small(small)
    before = compiled.weights(small.hidden)
    recorder = ConnVarRecorder(small.hidden, "g", key="g", src_neuron_filter=[3, 1])
    delays = ConnVarRecorder("Conn_input_hidden", "d", example_filter=[7], trg_neuron_filter=[2])
    _, data = compiled.train(*small.data, 2, shuffle=False, callbacks=[recorder, delays])
    assert len(data["g"]) == 48 and data["g"][0].shape == (20, 2, 8)
    for step in (0, 19):
        np.testing.assert_array_equal(data["g"][0][step], before[[3, 1]])
        np.testing.assert_array_equal(data["g"][7][step], before[[3, 1]])
    assert not np.array_equal(data["g"][8][0], before[[3, 1]])
    # One array a batch, of one step.
    assert data["g"][0].base is not None and data["g"][0].strides[0] == 0
    assert np.shares_memory(data["g"][8], data["g"][15])
    assert not np.shares_memory(data["g"][8], data["g"][16])
    assert [values.shape for values in data[1]] == [(20, 12, 1)] * 2 and not np.any(data[1])


def test_missing_synapses_are_not_numbers() -> None:
    with Network() as network:
        source = Population(SpikeInput(), 12)
        target = Population(IntegrateFire(readout="spike_count"), 6)
        connection = Connection(source, target, FixedProbability(0.4, 0.5))
    compiled = InferenceCompiler(20).compile(network)
    recorder = ConnVarRecorder(connection, "weight", example_filter=[0])
    _, data = compiled.predict({source: random_spikes(2, 12)}, callbacks=[recorder])
    pre, post, weight, _ = compiled.synapses(connection)
    expected = np.full((12, 6), np.nan)
    expected[pre, post] = weight
    np.testing.assert_array_equal(data[0][0][4], expected)
    with pytest.raises(RuntimeError, match="no variable 'gg'"):
        ConnVarRecorder(connection, "gg")
    with pytest.raises(RuntimeError, match="there is no neuron 12"):
        recorder = ConnVarRecorder(connection, "g", src_neuron_filter=[12])
        compiled.predict({source: random_spikes(2, 12)}, callbacks=[recorder])


def test_filters_may_be_masks_and_genn_names_are_understood() -> None:
    small = small_network()
    compiled = compile_small(small)
    mask = np.zeros(24, bool)
    mask[[3, 9]] = True
    recorder = VarRecorder(small.hidden, genn_var="V", example_filter=mask, neuron_filter=[1])
    _, data = compiled.predict({small.inputs: small.x}, callbacks=[recorder])
    assert [values.shape for values in data[0]] == [(20, 1), (20, 1)]


def test_training_is_the_same_with_a_recorder() -> None:
    small = small_network()
    plain, recorded = compile_small(small), compile_small(small)
    plain.train(*small.data, 2)
    recorder = SpikeRecorder(small.hidden, key="spikes")
    _, data = recorded.train(*small.data, 2, callbacks=[recorder])
    assert len(data["spikes"][0]) == 48
    np.testing.assert_array_equal(plain.weights(small.hidden), recorded.weights(small.hidden))


@pytest.mark.parametrize(
    "make, problem",
    [
        (lambda: SpikeRecorder("hiden"), "hiden"),
        (lambda: VarRecorder("hidden", "w"), "no state 'w'"),
        (lambda: VarRecorder("hidden"), "one of var and genn_var"),
        (lambda: SpikeRecorder("hidden", neuron_filter=[99]), "there is no neuron 99"),
        (lambda: SpikeRecorder("hidden", neuron_filter=[0.5]), r"neuron_filter\] it holds float64"),
        (lambda: SpikeRecorder("hidden", example_filter=[-1]), "numbers below 0"),
        (lambda: OptimiserParamSchedule("alhpa", max), "no parameter 'alhpa'"),
    ],
)
def test_mistakes_are_named(make: Any, problem: str) -> None:
    small = small_network()
    compiled = compile_small(small)
    with pytest.raises(ModelError, match=problem):
        compiled.predict({small.inputs: small.x}, callbacks=[make()])
    compiled.predict({small.inputs: small.x})


def test_the_schedule_sets_the_learning_rate() -> None:
    small = small_network()
    compiled = compile_small(small)
    before = compiled.weights(small.hidden)
    seen = []

    def stop_learning(epoch: int, alpha: float) -> float:
        seen.append((epoch, alpha))
        return 1e-30

    compiled.train(*small.data, 2, callbacks=[OptimiserParamSchedule("alpha", stop_learning)])
    assert seen == [(0, 0.01), (1, 1e-30)]
    np.testing.assert_array_equal(before, compiled.weights(small.hidden))


def test_training_goes_on_with_the_same_bits() -> None:
    small = small_network()
    whole = compile_small(small)
    whole.train(*small.data, 4)
    first = compile_small(small)
    first.train(*small.data, 2)
    state = pickle.loads(pickle.dumps(first.training_state()))
    second = compile_small(small)
    epoch = second.restore(state)
    assert epoch == 2
    second.train(*small.data, 2, start_epoch=epoch)
    np.testing.assert_array_equal(whole.weights(small.hidden), second.weights(small.hidden))
    np.testing.assert_array_equal(whole.weights(small.output), second.weights(small.output))


def test_states_of_other_networks_are_refused() -> None:
    small = small_network()
    compiled = compile_small(small)
    state = compiled.training_state()
    with pytest.raises(ModelError, match="not one of training_state"):
        compiled.restore({"weights": {}})
    state["mean_squares"] = {}
    with pytest.raises(ModelError, match="it has no mean squared gradient of"):
        compiled.restore(state)
