"""Copies and pickles of networks and their parts."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from conftest import Small, compile_small, small_network
from saltus import Connection, Network, Population
from saltus.callbacks import SpikeRecorder
from saltus.connectivity import Conv2D, Dense, FixedProbability
from saltus.initializers import Normal
from saltus.neurons import IntegrateFire, LeakyIntegrate, SpikeInput

WAYS = [copy.copy, copy.deepcopy, lambda item: pickle.loads(pickle.dumps(item))]


@pytest.mark.parametrize("way", WAYS, ids=["copy", "deepcopy", "pickle"])
def test_networks(way: Any, small: Small) -> None:
    other = way(small.network)
    assert repr(other) == repr(small.network) and type(other) is type(small.network)
    assert [layer.population() for layer in other.layers] == other.populations
    assert other.layers[1].connection() is other.connections[0]
    assert not {*other.populations, *other.connections} & {*small.network.populations}
    # Each goes on by itself.
    other.layers[1].population().shape = 9
    assert small.hidden.population().shape == (8,)
    other.layers[1].population().shape = 8
    arguments = {small.inputs: small.x}, {small.output: small.y}
    names = {"input": small.x}, {"output": small.y}
    loss = compile_small(small).loss(*arguments)
    assert compile_small(small._replace(network=other)).loss(*names) == loss


def test_networks_of_any_form() -> None:
    with Network() as network:
        inputs = Population(SpikeInput(), (5, 5, 1))
        features = Population(IntegrateFire(), name="features")
        output = Population(LeakyIntegrate(readout="var"), 3, record_spikes=True)
        Connection(inputs, features, Conv2D(Normal(), 2, 3))
        drawn = FixedProbability(0.5, Normal(), delay=Normal(2.0, 1.0))
        Connection(features, output, drawn, "exponential", max_delay_steps=5)
    network.note = "kept"  # type: ignore[attr-defined]
    with Network() as described:
        again = pickle.loads(pickle.dumps(network))
        assert Network.get_model() is described
    assert repr(again) == repr(network) and again.note == "kept"
    assert again.connections[1].max_delay_steps == 5
    assert again.populations[2].record_spikes
    assert again.populations[1].outgoing_connections[0]() is again.connections[1]


@pytest.mark.parametrize("way", WAYS[1:], ids=["deepcopy", "pickle"])
def test_parts_come_with_their_network(way: Any, small: Small) -> None:
    population, connection, layer = way(
        (small.hidden.population(), small.hidden.connection(), small.hidden)
    )
    assert layer.population() is population and layer.connection() is connection
    assert connection.target() is population and population is not small.hidden.population()
    alone = way(small.hidden.population())
    assert alone.name == "hidden" and len(alone._network().populations) == 3
    assert copy.copy(population) is population
    recorder = way(SpikeRecorder(small.hidden, key="spikes"))
    assert repr(recorder).startswith("SpikeRecorder")


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_what_cannot_be_copied_says_why(way: Any) -> None:
    compiled = compile_small(small_network())
    with pytest.raises(NotImplementedError, match="neither copied nor pickled; copy or pickle its"):
        way(compiled)
    with pytest.raises(NotImplementedError, match="make another one of its network"):
        way(compiled.stream())
    again = pickle.loads(pickle.dumps(compiled.compiler))
    assert repr(again) == repr(compiled.compiler)
