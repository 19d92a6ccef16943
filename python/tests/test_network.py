"""Descriptions of networks."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from saltus import Connection, InputLayer, Layer, Network, Population, SequentialNetwork
from saltus.compilers import InferenceCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.connectivity import AvgPool2D, Conv2D, Dense, OneToOne
from saltus.errors import ModelError
from saltus.neurons import UserNeuron, IntegrateFire, LeakyIntegrate, LeakyIntegrateFire
from saltus.neurons import BinarySpikeInput, SpikeInput
from saltus.synapses import Delta, Exponential


def test_population_and_connection() -> None:
    network = Network()
    with network:
        assert Network.get_model() is network
        source = Population("spike_input", 10)
        target = Population(LeakyIntegrateFire(), (2, 3), name="target")
        connection = Connection(source, target, Dense(0.5))
    assert Network.get_model() is None
    assert network.populations == [source, target] and network.connections == [connection]
    assert (source.name, source.shape, target.shape, target.size) == ("Pop0", (10,), (2, 3), 6)
    assert connection.source() is source and connection.target() is target
    assert connection.name == "Conn_Pop0_target"
    assert [c() for c in target.incoming_connections] == [connection]
    assert [c() for c in source.outgoing_connections] == [connection]
    assert isinstance(connection.synapse, Delta)


def test_connections_between_the_same_populations_have_names_of_their_own() -> None:
    with Network() as network:
        source, target = Population(SpikeInput(), 4), Population(IntegrateFire(), 4)
        for _ in range(3):
            Connection(source, target, OneToOne(1.0))
    assert len({connection.name for connection in network.connections}) == 3


def test_shapes_are_inferred() -> None:
    with Network():
        image = Population(BinarySpikeInput(), (8, 8, 1))
        features, pools = Population(IntegrateFire()), Population(IntegrateFire())
        assert features.shape is None
        Connection(image, features, Conv2D(1.0, filters=4, conv_size=3, conv_padding="same"))
        Connection(features, pools, AvgPool2D(2, flatten=True))
    assert (features.shape, pools.shape) == ((8, 8, 4), (64,))


def test_a_shape_may_be_set_later() -> None:
    with Network():
        source, target = Population(SpikeInput(), 4), Population(IntegrateFire())
        target.shape = 4
        Connection(source, target, OneToOne(1.0))
        with pytest.raises(ModelError):
            target.shape = (5,)
    assert target.shape == (4,)


def test_sequential_network() -> None:
    network = SequentialNetwork()
    with network:
        first = InputLayer(SpikeInput(), 10)
        second = Layer(Dense(np.ones((10, 5))), IntegrateFire(readout="spike_count"), name="out")
    assert network.layers == [first, second]
    assert second.population().shape == (5,)
    assert second.connection().source() is first.population()


def test_a_layer_that_cannot_be_connected_leaves_nothing_behind() -> None:
    network = SequentialNetwork()
    with network:
        InputLayer(SpikeInput(), 10)
        with pytest.raises(ModelError):
            Layer(Dense(np.ones((9, 5))), IntegrateFire(), name="out")
        Layer(Dense(np.ones((10, 5))), IntegrateFire(readout="var"), name="out")
    assert [population.name for population in network.populations] == ["Pop0", "out"]


def test_defaults_of_the_network() -> None:
    outside = LeakyIntegrateFire()
    chosen = LeakyIntegrateFire()
    chosen.scale_i = False
    with Network(default_params):
        inside = LeakyIntegrateFire(relative_reset=True)
        assert Exponential().scale_i and not Exponential(5.0, False).scale_i
        population = Population(outside, 3)
        kept = Population(chosen, 3)
        output = Population(LeakyIntegrate(), 3)
    assert (inside.scale_i, inside.relative_reset) == (True, True)
    assert (population.neuron.scale_i, population.neuron.relative_reset) == (True, False)
    assert (outside.scale_i, outside.relative_reset) == (False, True)
    assert kept.neuron.scale_i is False and output.neuron.scale_i is True


def test_a_default_that_no_argument_has_is_refused() -> None:
    with Network({LeakyIntegrateFire: {"tau_men": 10.0}}):
        with pytest.raises(
            ModelError, match="there is no argument 'tau_men'; did you mean 'tau_mem'"
        ):
            LeakyIntegrateFire()


def test_neurons_are_copied() -> None:
    neuron = IntegrateFire(readout="spike_count")
    with Network():
        first, second = Population(neuron, 2), Population(neuron, 2)
    first.neuron.v_thresh = 5.0
    assert (neuron.v_thresh, second.neuron.v_thresh) == (1.0, 1.0)


def test_attributes_may_change_until_compilation() -> None:
    with Network() as network:
        source = Population(BinarySpikeInput(), 2)
        target = Population(IntegrateFire(v_thresh=100.0), 2)
        connection = Connection(source, target, Dense(1.0))
    target.neuron.readout = "var"
    connection.connectivity.weight = np.array([[1.0, 2.0], [3.0, 4.0]])
    compiled = InferenceCompiler(2).compile(network)
    readouts, _ = compiled.predict({source: np.eye(2)}, target)
    np.testing.assert_allclose(readouts[target], [[1.0, 2.0], [3.0, 4.0]])


def test_networks_do_not_nest() -> None:
    with Network():
        with pytest.raises(RuntimeError, match="being described already"):
            with Network():
                pass


def test_each_thread_describes_its_own_network() -> None:
    found = []
    with Network():
        thread = threading.Thread(target=lambda: found.append(Network.get_model()))
        thread.start()
        thread.join()
    assert found == [None]


def test_snippet() -> None:
    with Network():
        source, target = Population(SpikeInput(), 3), Population(IntegrateFire(), 3)
        connection = Connection(source, target, OneToOne(1.0))
    snippet = connection.connectivity.get_snippet(connection, ["DENSE", "SPARSE"])
    pre, post, _ = snippet.synapses()
    assert snippet.matrix_type == "SPARSE" and snippet.trainable
    assert pre.tolist() == post.tolist() == [0, 1, 2]
    with pytest.raises(NotImplementedError, match="offers the matrix types SPARSE, PROCEDURAL"):
        connection.connectivity.get_snippet(connection, ["TOEPLITZ"])


def test_connect_infers_shapes() -> None:
    with Network():
        source, target = Population(SpikeInput(), (6, 6, 1)), Population(IntegrateFire())
        Conv2D(1.0, filters=2, conv_size=3).connect(source, target)
    assert target.shape == (4, 4, 2)


def test_neuron_from_equations() -> None:
    declared = UserNeuron(
        equations=["dv/dt = (r * i - v) / tau"],
        parameters={"tau": 20.0, "v_thresh": 1.0},
        derived={"r": "1 / (1 - exp(-dt / tau))"},
        states={"v": 0.0},
        threshold="v >= v_thresh",
        reset=["v = v - v_thresh"],
        readout="spike_count",
    )
    counts = []
    for neuron in (declared, LeakyIntegrateFire(readout="spike_count")):
        with Network() as network:
            source, target = Population(BinarySpikeInput(), 3), Population(neuron, 4)
            Connection(source, target, Dense(np.linspace(0.1, 0.6, 12).reshape(3, 4)))
        compiled = InferenceCompiler(20).compile(network)
        counts.append(compiled.predict({source: np.ones((1, 3))}, target)[0][target])
    np.testing.assert_array_equal(counts[0], counts[1])
    assert counts[0].sum() > 0
