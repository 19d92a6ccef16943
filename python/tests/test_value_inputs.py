"""Inputs that take values: driven neurons, frames, signed spikes, and data without copies."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.callbacks import SpikeRecorder, VarRecorder
from saltus.connectivity import Dense, OneToOne
from saltus.errors import ModelError
from saltus.neurons import (
    BinarySpikeInput,
    IntegrateFire,
    IntegrateFireInput,
    LeakyIntegrate,
    LeakyIntegrateFire,
    LeakyIntegrateFireInput,
    PoissonInput,
)
from saltus.optimisers import Adam
from saltus.synapses import Exponential

BACKENDS = ["cpu", "reference"]


def counter(neuron: Any, shape: Any, steps: int = 20, **arguments: Any) -> Any:
    """An input in front of neurons that add up its spikes."""
    with Network() as network:
        source = Population(neuron, shape, name="input")
        target = Population(IntegrateFire(v_thresh=1e9, readout="var"), shape, name="output")
        Connection(source, target, OneToOne(1.0))
    return InferenceCompiler(steps, **arguments).compile(network), source, target


@pytest.mark.parametrize("backend", BACKENDS)
def test_driven_neurons_agree_with_another_implementation(backend: str) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(ROOT / "tests/oracle/inputs.h5") as file:
        cases = {
            name: {**group.attrs, **{k: v[()] for k, v in group.items()}}
            for name, group in file["cases"].items()
        }
        frames, image = file["frames"][()], file["image"][()]
    assert len(cases) == 3
    for case in cases.values():
        count = int(case.get("input_frames", 1))
        arguments = {
            name: int(case[name]) if name.startswith("input") else float(case[name])
            for name in ("v_thresh", "tau_mem", "input_frames", "input_frame_timesteps")
            if name in case
        }
        classes = {cls.__name__: cls for cls in (IntegrateFireInput, LeakyIntegrateFireInput)}
        neuron = classes[case["neuron"].decode()](**arguments)
        compiled, source, target = counter(neuron, 6, 100, backend=backend)
        values = frames[None, :count] if count > 1 else image[None]
        trace = compiled.trace({source: values})
        np.testing.assert_allclose(trace.states["input.v"], case["V"], atol=2e-4)
        steps, neurons = trace.spikes[source]
        found = sorted(zip(steps.tolist(), neurons.tolist()))
        known = sorted(zip(case["spike_t"].astype(int).tolist(), case["spike_id"].astype(int)))
        assert found == known


@pytest.mark.parametrize("backend", BACKENDS)
def test_frames_hold(backend: str) -> None:
    neuron = BinarySpikeInput(input_frames=3, input_frame_timesteps=4)
    compiled, source, target = counter(neuron, (2, 2), backend=backend)
    x = np.zeros((5, 3, 2, 2))
    x[1, 0, 0, 1] = x[2, 1, 1, 0] = x[3, 2, 1, 1] = 1.0
    counts = compiled.predict({source: x}, target)[0][target]
    assert counts.shape == (5, 2, 2)
    # The last frame lasts until the end; the spike of the last step arrives after it.
    assert counts[1, 0, 1] == 4 and counts[2, 1, 0] == 4 and counts[3, 1, 1] == 11
    assert counts.sum() == 19
    flat = compiled.predict({source: x.reshape(5, 3, 4)}, target)[0][target]
    np.testing.assert_array_equal(flat, counts)
    for shape in ((5, 2, 2), (5, 2, 2, 2), (5, 12)):
        with pytest.raises(ModelError, match=r"and 3 frames; give values of shape \(examples, 3"):
            compiled.predict({source: np.zeros(shape)}, target)


@pytest.mark.parametrize("backend", BACKENDS)
def test_signed_spikes(backend: str) -> None:
    random = np.random.default_rng(0)
    values = random.choice([-1.0, 0.0, 1.0], (4, 5, 6))
    neuron = BinarySpikeInput(signed_spikes=True, input_frames=5, input_frame_timesteps=4)
    with Network() as network:
        source = Population(neuron, 6)
        target = Population(IntegrateFire(v_thresh=1e9, readout="var"), 3)
        Connection(source, target, Dense(random.choice([-1.0, 0.5, 2.0], (6, 3))))
    compiled = InferenceCompiler(20, backend=backend).compile(network)
    found = compiled.predict({source: values}, target)[0][target]
    steps = np.array([4, 4, 4, 4, 3.0])
    weights = compiled.weights(network.connections[0])
    np.testing.assert_allclose(found, np.einsum("eft,f->et", values, steps) @ weights)
    # Recorders show the spikes of positive values.
    _, data = compiled.predict({source: values}, target, [SpikeRecorder(source, "spikes")])
    assert sum(len(times) for times in data["spikes"][0]) == 4 * (values > 0).sum()


def test_streams_take_one_frame_at_a_time() -> None:
    neuron = LeakyIntegrateFireInput(input_frames=4, input_frame_timesteps=5)
    compiled, source, target = counter(neuron, 3, batch_size=2)
    x = np.random.default_rng(1).uniform(0.0, 0.6, (2, 4, 3))
    expected = compiled.predict({source: x}, target)[0][target]
    stream = compiled.stream(2)
    for step in range(20):
        stream.step({source: x[:, step // 5]})
    np.testing.assert_array_equal(stream.readout(target), expected)
    compiled.set_input({source: x})
    for _ in range(20):
        compiled.step_time()
    np.testing.assert_array_equal(compiled.get_readout(target), expected)
    assert expected.max() > 2


def test_recorders_see_driven_neurons() -> None:
    compiled, source, target = counter(IntegrateFireInput(), 2)
    callbacks = [SpikeRecorder(source, "spikes"), VarRecorder(source, "v", key="v")]
    _, data = compiled.predict({source: [[0.25, 0.5]]}, target, callbacks)
    times, neurons = (part[0] for part in data["spikes"])
    assert sorted(times[neurons == 0].tolist()) == [3.0, 7.0, 11.0, 15.0, 19.0]
    assert data["v"][0].shape == (20, 2)
    np.testing.assert_array_equal(data["v"][0][:4, 0], [0.25, 0.5, 0.75, 0.0])


def test_default_params_reach_driven_neurons() -> None:
    with Network(default_params):
        neuron = LeakyIntegrateFireInput(tau_mem=10.0)
        assert neuron.scale_i and not neuron.relative_reset
        assert not LeakyIntegrateFireInput(scale_i=False).scale_i
        assert Population("leaky_integrate_fire_input", 3).neuron.scale_i
    assert not LeakyIntegrateFireInput().scale_i


def test_nothing_connects_to_driven_neurons() -> None:
    with Network():
        first = Population(PoissonInput(), 3)
        second = Population(IntegrateFireInput(), 3)
        with pytest.raises(ModelError, match="is an input .integrate_fire_input., which ignores"):
            Connection(first, second, Dense(1.0))


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_through_driven_neurons(backend: str) -> None:
    with Network(default_params) as network:
        source = Population(LeakyIntegrateFireInput(tau_mem=10.0, scale_i=False), 8)
        hidden = Population(LeakyIntegrateFire(), 16)
        output = Population(LeakyIntegrate(readout="avg_var"), 2)
        random = np.random.default_rng(3)
        Connection(source, hidden, Dense(random.normal(1.0, 0.5, (8, 16))), Exponential(5.0))
        Connection(hidden, output, Dense(random.normal(0.0, 0.5, (16, 2))), Exponential(5.0))
    compiler = EventPropCompiler(
        30, "sparse_categorical_crossentropy", Adam(0.01), batch_size=4, backend=backend
    )
    compiled = compiler.compile(network)
    y = np.arange(16) % 2
    x = random.uniform(0.0, 0.3, (16, 8)) + 0.3 * np.repeat([y, 1 - y], 4, axis=0).T
    before = compiled.loss({source: x}, {output: y})
    metrics, _ = compiled.train({source: x}, {output: y}, 15, callbacks=[])
    assert metrics.loss < 0.7 * before


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "uint8", "int64", "bool", "float16", ">f4"]
)
def test_types_of_values(dtype: str) -> None:
    x = np.random.default_rng(2).integers(0, 2, (6, 4)).astype(dtype)
    compiled, source, target = counter(BinarySpikeInput(), 4)
    expected = 19.0 * (x > 0)
    x.flags.writeable = False
    for given in (x, np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], x.tolist()):
        np.testing.assert_array_equal(
            compiled.predict({source: given}, target)[0][target], expected
        )


MEMORY = """
import resource
import numpy as np
from saltus import Connection, Network, Population
from saltus.compilers import InferenceCompiler
from saltus.connectivity import Dense
from saltus.neurons import IntegrateFire, IntegrateFireInput

with Network() as network:
    source = Population(IntegrateFireInput(), 20000)
    target = Population(IntegrateFire(readout="var"), 1)
    Connection(source, target, Dense(0.001))
compiled = InferenceCompiler(1, batch_size=10, threads=1).compile(network)

def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

compiled.predict({source: np.zeros((20, 20000), np.float32)}, target, [])
x = np.ones((2000, 20000), np.float32)  # 160 MB
before = peak()
readouts, _ = compiled.predict({source: x}, target, [])
assert readouts[target].shape == (2000, 1)
print((peak() - before) / x.nbytes)
"""


def test_values_are_not_copied() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0.2


def test_values_stay_alive_while_they_are_needed() -> None:
    compiled, source, target = counter(BinarySpikeInput(), 4)

    def batches() -> Any:
        for number in range(4):
            x = np.full((3, 4), float(number % 2), np.float32)
            yield x, np.zeros(3, np.int64)
            del x
            gc.collect()

    metrics, _ = compiled.evaluate_batch_iter(
        source, target, batches(), metrics="mean_square_error"
    )
    assert metrics[target].result == pytest.approx((0.5 * 18**2 * 1 + 0.5 * 19**2 * 3 + 0.5) / 4)


def test_set_input_takes_one_example_where_a_batch_has_one() -> None:
    neuron = IntegrateFireInput(input_frames=2, input_frame_timesteps=10)
    compiled, source, target = counter(neuron, (2, 2), batch_size=1)
    x = np.random.default_rng(4).uniform(0.0, 1.0, (2, 2, 2))
    compiled.set_input({source: x})
    for _ in range(20):
        compiled.step_time()
    expected = compiled.predict({source: x[None]}, target)[0][target]
    np.testing.assert_array_equal(compiled.get_readout(target), expected)


def test_driven_neurons_have_readouts() -> None:
    neuron = IntegrateFireInput()
    neuron.readout = "spike_count"
    compiled, source, _ = counter(neuron, 2)
    counts = compiled.predict({source: [[0.25, 0.5]]}, source)[0][source]
    np.testing.assert_array_equal(counts, [[5, 10]])
