"""Delays that are learned, through Python: arguments, what keeps them, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Tuple

import numpy as np
import pytest
from conftest import ROOT

import saltus
from saltus import Connection, Network, Population
from saltus.callbacks import ConnVarRecorder
from saltus.compilers import (
    EPropCompiler,
    EventPropCompiler,
    InferenceCompiler,
    SurrogateCompiler,
    event_prop_compiler,
)
from saltus.connectivity import Dense, FixedProbability
from saltus.errors import ArgumentTypeError, ModelError, UnsupportedError
from saltus.initializers import Normal, Uniform
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import PreprocessedSpikes

LOSS = "sparse_categorical_crossentropy"


def build(sparse: bool = False) -> Network:
    network = Network(event_prop_compiler.default_params)
    with network:
        inputs = Population(SpikeInput(), 6, name="input")
        hidden = Population(LeakyIntegrateFire(), 10, name="hidden")
        output = Population(LeakyIntegrate(readout="avg_var"), 3, name="output")
        weight = Normal(2.0, 0.5)
        kind: Any = FixedProbability(0.7, weight, Uniform(0.0, 5.0)) if sparse else Dense(weight, 2)
        Connection(inputs, hidden, kind, Exponential(5.0), "first", 8)
        Connection(hidden, output, Dense(Normal(0.0, 1.0)), Exponential(5.0), "second", 8)
    return network


def data() -> Tuple[Dict[Any, Any], Dict[Any, Any]]:
    random = np.random.default_rng(3)
    spikes = [
        PreprocessedSpikes(np.arange(1, 7), np.sort(random.uniform(0.0, 20.0, 6)))
        for _ in range(24)
    ]
    return {"input": spikes}, {"output": np.arange(24) % 3}


def compiler(**given: Any) -> EventPropCompiler:
    given = {"delay_learn_conns": ["first", "second"], "delay_optimiser": Adam(0.2), **given}
    return EventPropCompiler(30, LOSS, Adam(0.01), batch_size=8, **given)


def keyed(network: Network, given: Dict[Any, Any]) -> Dict[Any, Any]:
    return {network.find_population(name): value for name, value in given.items()}


def trained(network: Network, **given: Any) -> Any:
    compiled = compiler(**given).compile(network)
    x, y = data()
    compiled.train(keyed(network, x), keyed(network, y), num_epochs=3)
    return compiled


@pytest.mark.parametrize("spike_times", ["grid", "exact"])
def test_delays_change_with_the_weights(spike_times: str) -> None:
    network = build()
    first = network.find_connection("first")
    compiled = trained(network, delay_learn_conns=[first], spike_times=spike_times)
    delays = compiled.delays(first)
    assert delays.shape == (6, 10) == compiled.weights(first).shape
    assert delays.min() >= 0.0 and delays.max() <= 8.0
    assert len(np.unique(delays)) > 30
    assert list(compiled.parameters()) == ["first.delay"]
    np.testing.assert_array_equal(compiled.parameters()["first.delay"], delays)
    x, y = data()
    gradients = compiled.gradients(keyed(network, x), keyed(network, y))
    assert gradients["first.delay"].shape == (6, 10)
    np.testing.assert_allclose(
        gradients["first.delay"],
        compiled.delay_gradients(keyed(network, x), keyed(network, y))[first],
        rtol=1e-3,
        atol=1e-7,
    )


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("spike_times", ["grid", "exact"])
def test_saved_delays_are_read_back(tmp_path: Path, sparse: bool, spike_times: str) -> None:
    network = build(sparse)
    compiled = trained(network, spike_times=spike_times)
    x, _ = data()
    expected = compiled.predict(keyed(network, x), list(network.populations[-1:]))[0]
    output = expected[network.populations[-1]]

    model = tmp_path / "model.h5"
    compiled.save_model(model)
    saved = saltus.load_model(model)
    assert isinstance(saved.compiler, EventPropCompiler)
    assert saved.compiler.delay_learn_conns == ["first", "second"]
    assert saved.compiler.delay_optimiser is not None
    again = saved.compiler.compile(saved.network)
    for name in ("first", "second"):
        np.testing.assert_array_equal(again.delays(name), compiled.delays(name))

    compiled.save((), saltus.serialisers.Numpy(str(tmp_path / "weights")))
    compiled.save_connectivity((), saltus.serialisers.Numpy(str(tmp_path / "weights")))
    names = sorted(path.name for path in (tmp_path / "weights").iterdir())
    assert [name for name in names if name.endswith("-d.npy")] == ["first-d.npy", "second-d.npy"]
    assert not any("delay" in name for name in names)
    loaded = build(sparse)
    loaded.load((), saltus.serialisers.Numpy(str(tmp_path / "weights")))
    for described in (saved.network, loaded):
        tested = InferenceCompiler(30, batch_size=8, spike_times=spike_times).compile(described)
        found = tested.predict(keyed(described, x), list(described.populations[-1:]))[0]
        np.testing.assert_allclose(found[described.populations[-1]], output, rtol=1e-4, atol=1e-5)


def test_training_goes_on_from_a_checkpoint(tmp_path: Path) -> None:
    x, y = data()
    network = build()
    inputs, labels = keyed(network, x), keyed(network, y)
    whole = compiler().compile(network)
    whole.train(inputs, labels, num_epochs=4)
    first = compiler().compile(network)
    first.train(inputs, labels, num_epochs=2)
    first.save_checkpoint(tmp_path / "state.h5")
    second = compiler().compile(network)
    second.load_checkpoint(tmp_path / "state.h5")
    second.train(inputs, labels, num_epochs=2, start_epoch=2)
    for name in ("first", "second"):
        np.testing.assert_array_equal(second.delays(name), whole.delays(name))
        np.testing.assert_array_equal(second.weights(name), whole.weights(name))


def test_recorders_see_delays_change() -> None:
    network = build()
    compiled = compiler().compile(network)
    x, y = data()
    _, seen = compiled.train(
        keyed(network, x),
        keyed(network, y),
        num_epochs=1,
        shuffle=False,
        callbacks=[ConnVarRecorder(network.find_connection("first"), "d", key="d")],
    )
    assert np.all(seen["d"][0] == 2.0)
    assert not np.array_equal(seen["d"][-1], seen["d"][0])


def test_refusals_say_what_to_do() -> None:
    network = build()
    with pytest.raises(ModelError, match="there is no connection 'fist'"):
        compiler(delay_learn_conns=["fist"]).compile(network)
    with pytest.raises(ArgumentTypeError, match="delay_learn_conns is 'first'"):
        compiler(delay_learn_conns="first")
    for kind in (SurrogateCompiler, EPropCompiler):
        with pytest.raises(UnsupportedError, match="learn delays with EventPropCompiler"):
            kind(30, LOSS, delay_learn_conns=["first"])
    network.find_connection("first").max_delay_steps = None
    with pytest.raises(ModelError, match="give the connection max_delay_steps"):
        compiler().compile(network)


def test_the_example_needs_its_delays() -> None:
    found = {}
    for delays in ("none", "learned"):
        run = subprocess.run(
            [
                sys.executable,
                str(ROOT / "examples" / "delayed_patterns.py"),
                "--delays",
                delays,
            ],
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        found[delays] = float(run.stdout.split(" %")[0])
    assert found["none"] < 30.0
    assert found["learned"] > 95.0
