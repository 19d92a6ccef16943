"""Exact spike times."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Tuple

import numpy as np
import pytest

import saltus
from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, InferenceCompiler, event_prop_compiler
from saltus.connectivity import Dense
from saltus.errors import ModelError, UnsupportedError
from saltus.initializers import Normal
from saltus.losses import SparseCategoricalCrossentropy
from saltus.neurons import LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import PreprocessedSpikes


class Race:
    """Which of two inputs spikes first, told by which of two outputs does."""

    def __init__(self) -> None:
        self.network = Network(event_prop_compiler.default_params)
        with self.network:
            self.inputs = Population(SpikeInput(), 3, name="input")
            self.hidden = Population(LeakyIntegrateFire(), 20, name="hidden")
            self.output = Population(
                LeakyIntegrateFire(readout="first_spike_time"), 2, name="output"
            )
            Connection(
                self.inputs, self.hidden, Dense(Normal(2.0, 1.0), delay=0.25), Exponential(10.0)
            )
            Connection(self.hidden, self.output, Dense(Normal(0.7, 0.2)), Exponential(10.0))
        random = np.random.default_rng(1)
        self.x: List[Any] = []
        labels = []
        for _ in range(200):
            times = random.uniform(0.0, 12.0, 2)
            labels.append(int(times[1] < times[0]))
            # At their times, not in steps: neuron by neuron.
            self.x.append(PreprocessedSpikes(np.arange(1, 4), np.array([*times, 3.0])))
        self.y = np.array(labels)

    def data(self) -> Tuple[Any, Any]:
        return {self.inputs: self.x}, {self.output: self.y}

    def compile(self, **arguments: Any) -> Any:
        given = {"spike_times": "exact", "ttfs_alpha": 1.0, "reg_silent": 0.5, **arguments}
        loss = SparseCategoricalCrossentropy(temperature=1.0)
        return EventPropCompiler(
            30, loss, Adam(0.01), batch_size=20, min_slope=0.05, **given
        ).compile(self.network)


def test_training_and_saving(tmp_path: Path) -> None:
    race = Race()
    compiled = race.compile()
    compiled.train(*race.data(), num_epochs=15, callbacks=())
    metrics, _ = compiled.evaluate(*race.data(), callbacks=())
    assert metrics[race.output].result > 0.9
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    loaded = model.compiler
    assert isinstance(loaded, EventPropCompiler)
    assert (loaded.spike_times, loaded.ttfs_alpha, loaded.reg_silent) == ("exact", 1.0, 0.5)
    expected = compiled.predict({race.inputs: race.x})[0][race.output]
    for compiler in (loaded, InferenceCompiler(30, spike_times="exact")):
        again = compiler.compile(model.network)
        np.testing.assert_array_equal(
            again.predict({"input": race.x})[0]["output"], expected, compiler.__class__.__name__
        )


def test_times_do_not_depend_on_the_step() -> None:
    race = Race()
    times = []
    for dt in (1.0, 0.25):
        compiled = InferenceCompiler(int(30 / dt), dt=dt, spike_times="exact").compile(race.network)
        with race.network:
            # The delay is in timesteps.
            race.network.connections[0].connectivity.delay = 0.25 / dt
        compiled = InferenceCompiler(int(30 / dt), dt=dt, spike_times="exact").compile(race.network)
        times.append(compiled.predict({race.inputs: race.x})[0][race.output])
    np.testing.assert_allclose(times[0], times[1], rtol=0, atol=1e-10)


def test_regularisation_by_population() -> None:
    race = Race()
    compiled = race.compile(reg_silent={race.output: 2.0, "hidden": 1.0}, reg_lambda_upper=0.01)
    compiled.train(*race.data(), num_epochs=1, callbacks=())
    with pytest.raises(UnsupportedError, match="one regularisation for all populations"):
        compiled.save_model("never.h5")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"spike_times": "exakt"}, "there are no spike_times 'exakt'; did you mean 'exact'"),
        ({"spike_times": "grid"}, "delay is 0.25 timesteps; give a whole number"),
        ({"reg_silent": -1.0}, "silent of a regularisation is -1"),
        ({"ttfs_alpha": -1.0}, "ttfs_alpha is -1"),
    ],
)
def test_mistakes(arguments: Any, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        Race().compile(**arguments)


def test_what_does_not_go_with_exact_times() -> None:
    race = Race()
    compiled = race.compile()
    assert compiled.delays(race.network.connections[0]) == 0.25
    with pytest.raises(UnsupportedError, match="no network runs step by step"):
        compiled.stream()
    with pytest.raises(UnsupportedError, match="no profile is kept of exact spike times"):
        race.compile(kernel_profiling=True)
    with pytest.raises(UnsupportedError, match="no example goes on where another ended"):
        InferenceCompiler(30, spike_times="exact", reset_vars_between_batches=False).compile(
            race.network
        )
    late = [PreprocessedSpikes(np.array([1, 1, 1]), np.array([40.0]))]
    with pytest.raises(
        ModelError, match="a spike is at 40 ms, but the network was compiled for 30"
    ):
        compiled.predict({race.inputs: late})


def test_recorders_and_drawn_synapses(tmp_path: Path) -> None:
    race = Race()
    with race.network:
        drawn = saltus.connectivity.FixedProbability(0.5, Normal(0.2, 0.1), delay=1.5)
        Connection(race.inputs, race.output, drawn, Exponential(10.0), name="drawn")
    compiled = race.compile()
    _, recorded = compiled.evaluate(
        *race.data(),
        callbacks=[
            saltus.callbacks.SpikeRecorder(race.hidden, key="spikes"),
            saltus.callbacks.VarRecorder(race.hidden, "v", key="v"),
        ],
    )
    trace = compiled.trace({race.inputs: race.x}, 0)
    np.testing.assert_array_equal(recorded["v"][0], trace.states["hidden.v"])
    assert len(recorded["spikes"]) == 2
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    again = model.compiler.compile(model.network)
    assert again.delays("drawn") == 1.5
    expected = compiled.predict({race.inputs: race.x})[0][race.output]
    np.testing.assert_array_equal(again.predict({"input": race.x})[0]["output"], expected)


def test_gradients_are_checked() -> None:
    race = Race()
    compiled = race.compile(reg_lambda_upper=0.1)
    before = compiled.weights(race.network.connections[0])
    some = ({race.inputs: race.x[:5]}, {race.output: race.y[:5]})
    checked = compiled.check_gradients(*some, per_connection=3)
    assert len(checked) == 6 and checked[0].error < 1e-6
    assert [row.error for row in checked] == sorted((row.error for row in checked), reverse=True)
    np.testing.assert_array_equal(compiled.weights(race.network.connections[0]), before)
    with pytest.raises(ModelError, match="step is 0; give a positive number"):
        compiled.check_gradients(*some, step=0.0)
