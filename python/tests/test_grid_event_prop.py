"""EventProp on the time grid: first spikes, greatest outputs, regularisation, refractory times."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Tuple

import numpy as np
import pytest

import saltus
from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, SurrogateCompiler, event_prop_compiler
from saltus.connectivity import Dense
from saltus.errors import ModelError, UnsupportedError
from saltus.initializers import Normal
from saltus.losses import RelativeMeanSquareError
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import PreprocessedSpikes


def race(neuron: Any, **hidden: Any) -> Tuple[Network, Any, Any]:
    """Which of two inputs spikes first, in the first 12 ms, as a network and its data."""
    network = Network(event_prop_compiler.default_params)
    with network:
        inputs = Population(SpikeInput(), 3, name="input")
        middle = Population(LeakyIntegrateFire(**hidden), 20, name="hidden")
        output = Population(neuron, 2, name="output")
        Connection(inputs, middle, Dense(Normal(2.0, 1.0)), Exponential(10.0))
        Connection(middle, output, Dense(Normal(0.7, 0.2)), Exponential(10.0))
    random = np.random.default_rng(1)
    times = random.uniform(0.0, 12.0, (200, 2))
    x = [PreprocessedSpikes(np.arange(1, 4), np.array([*pair, 3.0])) for pair in times]
    return network, {"input": x}, {"output": (times[:, 1] < times[:, 0]).astype(int)}


def first_spikes(**hidden: Any) -> Tuple[Network, Any, Any]:
    return race(LeakyIntegrateFire(readout="first_spike_time"), **hidden)


def compiler(loss: Any = "sparse_categorical_crossentropy", **more: Any) -> EventPropCompiler:
    return EventPropCompiler(120, loss, Adam(0.01), batch_size=20, dt=0.25, min_slope=0.05, **more)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", RelativeMeanSquareError(3.0)])
def test_first_spikes_learn(loss: Any, tmp_path: Path) -> None:
    network, x, y = first_spikes()
    compiled = compiler(loss, ttfs_alpha=1.0).compile(network)
    compiled.train(x, y, num_epochs=50, callbacks=())
    metrics, _ = compiled.evaluate(x, y, callbacks=())
    assert metrics["output"].result > 0.9
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    assert repr(model.compiler.losses) == repr(compiled.compiler.losses)
    expected = compiled.predict(x)[0][network.populations[2]]
    again = model.compiler.compile(model.network).predict(x)[0]["output"]
    np.testing.assert_array_equal(again, expected)


def test_greatest_outputs_learn() -> None:
    network, _, _ = race(LeakyIntegrate(readout="max_var"))
    random = np.random.default_rng(2)
    y = {"output": random.integers(0, 2, 100)}
    # One of the first two inputs spikes, some time, and the third.
    ends = [np.array([1 - label, 1, 2]) for label in y["output"]]
    x = {"input": [PreprocessedSpikes(end, np.array([random.uniform(0, 9), 3.0])) for end in ends]}
    for kind in (EventPropCompiler, SurrogateCompiler):
        made = kind(30, "sparse_categorical_crossentropy", Adam(0.03), batch_size=20)
        metrics, _ = made.compile(network).train(x, y, num_epochs=30, callbacks=())
        assert metrics["output"].result > 0.9, kind


def test_numbers_of_spikes_are_drawn_down() -> None:
    counts = []
    for strength in (0.0, 3e-3):
        network, x, y = first_spikes()
        compiled = compiler(
            reg_lambda_upper={"hidden": strength}, reg_nu_upper=0.5, reg_silent=0.1
        ).compile(network)
        compiled.train(x, y, num_epochs=15, callbacks=())
        counts.append(len(compiled.trace(x, 0).spikes["hidden"][0]))
    assert counts[1] < counts[0]


@pytest.mark.parametrize("integrates", [False, True])
def test_refractory_neurons_learn(integrates: bool) -> None:
    network, x, y = first_spikes(tau_refrac=2.0, integrate_during_refrac=integrates)
    compiled = compiler().compile(network)
    compiled.train(x, y, num_epochs=40, callbacks=())
    metrics, _ = compiled.evaluate(x, y, callbacks=())
    assert metrics["output"].result > 0.9


def test_what_does_not_go_together() -> None:
    network, _, _ = race(LeakyIntegrate(readout="avg_var"))
    with pytest.raises(UnsupportedError, match="compares times of first spikes"):
        compiler(RelativeMeanSquareError(3.0)).compile(network)
    with pytest.raises(ModelError, match="delta is nan ms"):
        RelativeMeanSquareError(float("nan"))
