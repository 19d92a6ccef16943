"""Surrogate gradients from checkpoints are those from all states: inputs of values, signed spikes,
trained parameters, losses of every timestep, rewired synapses."""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

import numpy as np
import pytest

from saltus import Connection, Network, Population, Trainable
from saltus.compilers import SurrogateCompiler
from saltus.connectivity import Dense, FixedProbability
from saltus.errors import ModelError
from saltus.initializers import Normal, Uniform
from saltus.neurons import (
    BinarySpikeInput,
    LeakyIntegrate,
    LeakyIntegrateFire,
    LeakyIntegrateFireInput,
)
from saltus.optimisers import SGD

from saltus.readouts import AvgVar, MaxVar, SumVar
from saltus.synapses import Exponential

STEPS = 24
Described = Tuple[Network, Population, Population, Dict[str, Any]]


def network(first: Any, hidden: Any, readout: Any, sparse: bool = False) -> Any:
    with Network() as described:
        inputs = Population(first, 8)
        layer = Population(hidden, 10)
        output = Population(LeakyIntegrate(readout=readout), 3)
        weight = Normal(0.0, 1.2)
        Connection(
            inputs,
            layer,
            FixedProbability(0.5, weight) if sparse else Dense(weight),
            Exponential(5.0),
        )
        Connection(layer, layer, Dense(Normal(0.0, 0.3)), Exponential(5.0))
        Connection(layer, output, Dense(Uniform(-0.3, 0.3)), Exponential(5.0))
    return described, inputs, output


def signed() -> Described:
    neuron = BinarySpikeInput(signed_spikes=True, input_frames=6, input_frame_timesteps=4)
    return (*network(neuron, LeakyIntegrateFire(), AvgVar()), {})


def driven() -> Described:
    neuron = LeakyIntegrateFireInput(tau_mem=10.0, input_frames=6, input_frame_timesteps=4)
    return (*network(neuron, LeakyIntegrateFire(tau_refrac=2.0), MaxVar()), {})


def trained() -> Described:
    hidden = LeakyIntegrateFire(v_thresh=0.8, tau_mem=Trainable(20.0, lower=2.0, per_neuron=True))
    neuron = BinarySpikeInput(signed_spikes=True, input_frames=6, input_frame_timesteps=4)
    return (*network(neuron, hidden, SumVar()), {})


def every_timestep() -> Described:
    neuron = BinarySpikeInput(input_frames=6, input_frame_timesteps=4)
    return (*network(neuron, LeakyIntegrateFire(), AvgVar()), {"per_timestep_loss": True})


def rewired() -> Described:
    neuron = BinarySpikeInput(input_frames=6, input_frame_timesteps=4)
    described, inputs, output = network(neuron, LeakyIntegrateFire(), AvgVar(), sparse=True)
    return described, inputs, output, {"deep_r_conns": [described.connections[0]]}


@pytest.mark.parametrize("make", [signed, driven, trained, every_timestep, rewired])
def test_training_is_the_same(make: Callable[[], Described]) -> None:
    x = np.random.default_rng(3).uniform(-1.0, 1.0, (12, 6, 8))
    y = np.arange(12) % 3
    states = []
    for interval in (0, 1, 5):
        described, inputs, output, more = make()
        compiled = SurrogateCompiler(
            STEPS,
            "sparse_categorical_crossentropy",
            SGD(0.05),
            batch_size=12,
            checkpoint_interval=interval,
            **more,
        ).compile(described)
        before = compiled.training_state()["weights"]
        compiled.train({inputs: x}, {output: y}, 1, callbacks=[])
        states.append(compiled.training_state()["weights"])
    for name, expected in states[0].items():
        change = np.abs(expected - before[name]).max()
        assert change > 0.0, name
        for found in states[1:]:
            assert np.abs(found[name] - expected).max() < 1e-3 * change, name


def test_mistakes() -> None:
    with pytest.raises(ModelError, match="checkpoint_interval is -1; give a whole number from 0"):
        SurrogateCompiler(10, "sparse_categorical_crossentropy", checkpoint_interval=-1)
    with pytest.raises(TypeError, match="checkpoint_interval is 2.5; give a whole number"):
        SurrogateCompiler(10, "sparse_categorical_crossentropy", checkpoint_interval=2.5)  # type: ignore
