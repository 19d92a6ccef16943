"""What several tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import settings

from saltus import InputLayer, Layer, SequentialNetwork
from saltus.compilers import EventPropCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.connectivity import Dense, FixedProbability
from saltus.initializers import Normal
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import preprocess_spikes

# Machines may be busy.
settings.register_profile("saltus", deadline=None)
settings.load_profile("saltus")

ROOT = Path(__file__).resolve().parents[2]


class Small(NamedTuple):
    """A network of three layers with data for it."""

    network: Any
    inputs: Any
    hidden: Any
    output: Any
    x: Any
    y: Any

    @property
    def data(self) -> Any:
        return {self.inputs: self.x}, {self.output: self.y}


def random_spikes(examples: int, neurons: int, seed: int = 0, latest: float = 15.0) -> list:
    random = np.random.default_rng(seed)
    return [
        preprocess_spikes(
            random.uniform(0, latest, 3 * neurons),
            random.integers(0, neurons, 3 * neurons),
            neurons,
        )
        for _ in range(examples)
    ]


def sparse_network(examples: int = 24, density: float = 0.4) -> Small:
    """The small network with few synapses into its hidden layer."""
    return small_network(examples, 0, FixedProbability(density, Normal(1.0, 1.5)))


def small_network(
    examples: int = 24, seed: int = 0, connectivity: Any = Dense(Normal(0.6, 0.4))
) -> Small:
    network = SequentialNetwork(default_params)
    with network:
        inputs = InputLayer(SpikeInput(), 12, name="input")
        hidden = Layer(connectivity, LeakyIntegrateFire(), 8, Exponential(5.0), name="hidden")
        output = Layer(
            Dense(Normal(0.3, 0.4)),
            LeakyIntegrate(readout="avg_var"),
            3,
            Exponential(5.0),
            name="output",
        )
    labels = np.random.default_rng(seed).integers(0, 3, examples)
    return Small(network, inputs, hidden, output, random_spikes(examples, 12, seed), labels)


@pytest.fixture
def small() -> Small:
    return small_network()


@pytest.fixture
def trainable(small: Small) -> Any:
    """The small network, compiled to be trained."""
    return compile_small(small)


def compile_small(small: Small, **arguments: Any) -> Any:
    compiler = EventPropCompiler(
        20,
        "sparse_categorical_crossentropy",
        Adam(0.01),
        **{"batch_size": 8, "threads": 2, **arguments},
    )
    return compiler.compile(small.network)
