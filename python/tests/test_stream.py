"""Networks one timestep at a time, and batches that begin where others ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import random_spikes
from saltus import Connection, InputLayer, Layer, Network, Population, SequentialNetwork
from saltus.callbacks import VarRecorder
from saltus.compilers import InferenceCompiler
from saltus.connectivity import Dense
from saltus.initializers import Normal
from saltus.neurons import IntegrateFire, LeakyIntegrateFire, SpikeInput
from saltus.synapses import Exponential
from saltus.utils.data import preprocess_spikes

STEPS = 20


def compiled_for(small: Any, **arguments: Any) -> Any:
    arguments = {"batch_size": 4, "threads": 1, **arguments}
    return InferenceCompiler(STEPS, **arguments).compile(small.network)


def steps_of(spikes: tuple) -> list:
    steps, neurons = spikes
    return [neurons[steps == step] for step in range(STEPS)]


@pytest.mark.parametrize("backend", ["cpu", "reference", "reference64"])
def test_a_stream_does_what_a_trace_does(small: Any, backend: str) -> None:
    x, _ = small.data
    compiled = compiled_for(small, backend=backend)
    traces = [compiled.trace(x, example) for example in range(3)]
    stream = compiled.stream(3)
    for _ in range(2):
        for step in range(STEPS):
            assert stream.num_timesteps == step and stream.time == step
            arriving = [steps_of(trace.spikes[small.inputs])[step] for trace in traces]
            stream.step({small.inputs: arriving})
            for example, trace in enumerate(traces):
                expected = steps_of(trace.spikes[small.hidden])[step]
                np.testing.assert_array_equal(stream.spikes(small.hidden, example), expected)
                voltages = stream.state(small.hidden, "v")
                np.testing.assert_array_equal(voltages[example], trace.states["hidden.v"][step])
        readouts = stream.readout(small.output)
        for example, trace in enumerate(traces):
            np.testing.assert_allclose(readouts[example], trace.readouts[small.output], rtol=1e-5)
        stream.reset()


def test_one_example_needs_no_list(small: Any) -> None:
    compiled = compiled_for(small)
    found = []
    for spikes in ([3, 5], np.array([5, 3], ">i8"), [np.array([3, 5])], ([3, 5],)):
        stream = compiled.stream()
        stream.step({small.inputs: spikes})
        stream.step()
        stream.step({small.inputs: []})
        found.append(stream.state(small.hidden, "v"))
        assert found[-1].shape == (1, 8) and found[-1].any()
    for voltages in found:
        np.testing.assert_array_equal(voltages, found[0])


def test_a_stream_has_its_own_weights_and_outlives_its_network(small: Any) -> None:
    compiled = compiled_for(small)
    stream, other = compiled.stream(), compiled.stream()
    compiled.set_weights(small.hidden, np.zeros((12, 8)))
    after = compiled.stream()
    del compiled
    for each in (stream, other, after):
        each.step({small.inputs: [1, 2]})
        each.step()
    assert stream.state("hidden", "v").any() and not after.state("hidden", "v").any()
    np.testing.assert_array_equal(stream.state("hidden", "v"), other.state("hidden", "v"))
    assert "1 after 2 steps" in repr(stream)


def test_errors_say_what_is_wanted(small: Any) -> None:
    compiled = compiled_for(small)
    stream = compiled.stream(2)
    cases = [
        ({small.inputs: [3, 5]}, "its spikes is an array of shape"),
        ({small.inputs: np.array([3, 5])}, "a ndarray was given for 2 examples"),
        ({small.inputs: [[1]]}, "spikes of 1 examples were given, the stream has 2"),
        ({small.inputs: [[1], [12]]}, "there is no neuron 12, it has 12"),
        ({small.inputs: [[1], [-1]]}, "its spikes holds -1"),
        ({small.hidden: [[1], [1]]}, "hidden"),
        ({"inptu": [[1], [1]]}, "did you mean 'input'"),
        ([1], "a list was given; give a dictionary"),
    ]
    for inputs, message in cases:
        with pytest.raises((RuntimeError, TypeError, ValueError), match=message):
            stream.step(inputs)
    with pytest.raises(RuntimeError, match="there is no example 2 among 2"):
        stream.spikes(small.hidden, 2)
    with pytest.raises(RuntimeError, match="no state 'V'; did you mean 'v'"):
        stream.state(small.hidden, "V")
    with pytest.raises(RuntimeError, match="it has no readout"):
        stream.readout(small.hidden)
    with pytest.raises(RuntimeError, match="num_examples is 0"):
        compiled.stream(0)
    # Nothing has happened.
    assert stream.num_timesteps == 0


def first_voltage(reset_vars: bool, reset_in_syn: bool, time: float) -> float:
    """The voltage after the first step of a batch that follows one with a spike."""
    with Network() as network:
        source = Population(SpikeInput(), 1)
        neuron = LeakyIntegrateFire(v_thresh=100.0, readout="spike_count")
        target = Population(neuron, 1)
        Connection(source, target, Dense(0.5), Exponential(5.0))
    compiled = InferenceCompiler(
        4,
        reset_vars_between_batches=reset_vars,
        reset_in_syn_between_batches=reset_in_syn,
    ).compile(network)
    compiled.predict({source: [preprocess_spikes([time], [0], 1)]}, callbacks=())
    recorder = VarRecorder(target, "v", key="v")
    silent = {source: [preprocess_spikes([], [], 1)]}
    _, data = compiled.predict(silent, callbacks=[recorder])
    first = float(np.ravel(data["v"][0])[0])
    compiled.reset()
    _, data = compiled.predict(silent, callbacks=[recorder])
    assert not np.any(data["v"][-1])
    return first


def test_reset_flags_say_what_the_next_batch_begins_with() -> None:
    assert first_voltage(True, True, 0.0) == 0.0
    of_state, of_current = first_voltage(False, True, 0.0), first_voltage(True, False, 0.0)
    assert of_state > 0 and of_current > 0
    assert first_voltage(False, False, 0.0) == pytest.approx(of_state + of_current, rel=1e-5)
    # A spike of the last step is on its way.
    assert first_voltage(False, True, 3.0) == 0.0 and first_voltage(True, False, 3.0) > 0


def test_a_stream_of_values() -> None:
    from saltus.neurons import BinarySpikeInput

    network = SequentialNetwork()
    with network:
        inputs = InputLayer(BinarySpikeInput(), (2, 3))
        output = Layer(Dense(Normal(0.6, 0.4)), IntegrateFire(readout="spike_count"), 4)
    compiled = InferenceCompiler(STEPS).compile(network)
    values = np.random.default_rng(1).random((5, 2, 3))
    expected, _ = compiled.predict({inputs: values}, output, callbacks=())
    stream = compiled.stream(5)
    with pytest.raises(RuntimeError, match="it has no values yet"):
        stream.step()
    for step in range(STEPS):
        stream.step({inputs: values} if step == 0 else None)
    np.testing.assert_array_equal(stream.readout(output), expected[output])
    single = compiled.stream()
    for _ in range(STEPS):
        single.step({inputs: values[0]})
    np.testing.assert_array_equal(single.readout(output)[0], expected[output][0])
    with pytest.raises(
        RuntimeError, match=r"shape \(3, 2\), but the population has shape \(2, 3\)"
    ):
        single.step({inputs: values[0].T})
