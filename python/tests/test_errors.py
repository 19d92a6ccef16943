"""Messages that users see."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from conftest import small_network
from saltus import Connection, Layer, Network, Population
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.connectivity import Conv2D, Dense, OneToOne
from saltus.errors import ArgumentTypeError, Error, ModelError, UnsupportedError
from saltus.neurons import (
    BinarySpikeInput,
    IntegrateFireInput,
    IntegrateFire,
    LeakyIntegrate,
    LeakyIntegrateFire,
)
from saltus.neurons import SpikeInput
from saltus.synapses import Exponential
from saltus.utils.data import PreprocessedSpikes, preprocess_spikes


def read(error: Any) -> str:
    """The message, of which every one has its three parts."""
    value = error.value
    assert isinstance(value, Error) and value.where and value.problem and value.advice
    assert str(value) == f"[{value.where}] {value.problem}; {value.advice}"
    return str(value)


def test_errors_carry_their_parts() -> None:
    with pytest.raises(ModelError) as caught, Network():
        Population(LeakyIntegrateFire(), 3, name="a")
        Population(LeakyIntegrateFire(), 3, name="a")
    assert read(caught) == (
        "[Network] there is a population 'a' already; give each population a name of its own"
    )
    assert caught.value.fields == {"population": "a"}
    assert isinstance(caught.value, RuntimeError) and isinstance(caught.value, ValueError)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert str(copied) == str(caught.value) and copied.fields == caught.value.fields


def test_values_out_of_range() -> None:
    with pytest.raises(ModelError, match=r"tau_mem is -1"):
        LeakyIntegrateFire(tau_mem=-1.0)
    with pytest.raises(ModelError, match=r"\[Conv2D\] filters is -1"):
        Conv2D(1.0, -1, 3)
    with pytest.raises(ValueError, match="'ful'"):
        Conv2D(1.0, 2, 3, conv_padding="ful")
    with pytest.raises(TypeError, match="evaluate_timesteps is '20'; give a whole number"):
        InferenceCompiler("20")
    with pytest.raises(ModelError, match="batch_size is 0; give a whole number from 1 on"):
        InferenceCompiler(20, batch_size=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Population("leaky_integrate_fir", 3), "did you mean 'leaky_integrate_fire'"),
        (lambda: Population(3, 3), "3 is no neuron"),
        (lambda: Population(IntegrateFire(), "x"), "its shape is 'x'"),
        (lambda: Population(IntegrateFire(), (0, 3)), "an extent of its shape is 0"),
        (lambda: LeakyIntegrate(readout="avg"), "did you mean 'avg_var'"),
        (lambda: Layer(Dense(1.0), IntegrateFire(), 3), "the network is not sequential"),
    ],
)
def test_descriptions(make: Any, message: str) -> None:
    with Network(), pytest.raises(RuntimeError, match=message) as caught:
        make()
    read(caught)


def test_connections() -> None:
    with Network():
        source, target = Population(SpikeInput(), 3), Population(IntegrateFire(), 4)
        with pytest.raises(ModelError, match=r"\[Connection Conn_Pop0_Pop1\]") as caught:
            Connection(source, target, OneToOne(1.0))
        read(caught)
        with pytest.raises(ModelError, match="is an input"):
            Connection(target, source, Dense(1.0))
        with pytest.raises(RuntimeError, match="there is no synapse 'exp'"):
            Connection(source, target, Dense(1.0), "exp")
        with pytest.raises(
            RuntimeError, match="'dense' is no connectivity|no connectivity 'dense'"
        ):
            Connection(source, target, "dense")
        with pytest.raises(NotImplementedError, match="have 1 axes"):
            Connection(source, target, Dense(np.ones(12)))
    with Network(), pytest.raises(ModelError, match="belongs to another network"):
        Connection(source, Population(IntegrateFire(), 3), OneToOne(1.0))


def test_what_cannot_be_trained_is_unsupported() -> None:
    with Network() as network:
        source = Population(SpikeInput(), 2)
        target = Population(LeakyIntegrateFire(readout="spike_count"), 2)
        Connection(source, target, Dense(1.0), Exponential(5.0))
    with pytest.raises(NotImplementedError, match="loss of a spike count has no gradient"):
        EventPropCompiler(20, "sparse_categorical_crossentropy").compile(network)


def test_outside_of_a_network() -> None:
    with pytest.raises(RuntimeError, match=r"\[Population\] no network is being described"):
        Population(IntegrateFire(), 3)


def test_arguments_that_can_have_one_value_only() -> None:
    with pytest.raises(UnsupportedError, match="communicator is 1; leave it None"):
        InferenceCompiler(20, communicator=1)
    with pytest.raises(NotImplementedError, match="softmax_temperature is 2.0"):
        EventPropCompiler(20, "sparse_categorical_crossentropy", softmax_temperature=2.0)
    with pytest.raises(ValueError, match="input_frames is 0; give a whole number from 1 on"):
        BinarySpikeInput(input_frames=0)
    with pytest.raises(TypeError, match="input_frame_timesteps is 1.5; give a whole number"):
        IntegrateFireInput(input_frame_timesteps=1.5)
    with pytest.raises(ModelError, match="there is no backend 'cuba'"):
        InferenceCompiler(20, backend="cuba")
    with pytest.raises(ModelError, match="there is no loss 'mse'"):
        EventPropCompiler(20, "mse")


def test_data_that_does_not_fit(small: Any, trainable: Any) -> None:
    x, y = small.data
    cases = [
        ({small.inputs: small.x[:5]}, y, ModelError, "numbers of examples differ"),
        ({small.hidden: small.x}, y, ModelError, "there is no input population 'hidden'"),
        ({}, y, ModelError, "numbers of examples|has no data|no example"),
        ({"inptu": small.x}, y, ModelError, "did you mean 'input'"),
        ({small.inputs: np.ones((24, 12))}, y, TypeError, "takes spike times"),
        ({small.inputs: [1, 2]}, y, TypeError, "example 0 is a int; give a list of Prep"),
        (x, {small.output: small.y + 0.5}, TypeError, "of type float64; give whole numbers"),
        (x, {small.output: np.eye(3)[small.y]}, ModelError, "takes labels and was given val"),
        (x, {small.output: np.ones((24, 4))}, ModelError, r"they have shape \(24, 4\)"),
        (x, {small.output: small.y + 5}, ModelError, "Labels output"),
        (small.x, y, ArgumentTypeError, "a list was given; give a dictionary"),
    ]
    for inputs, labels, kind, message in cases:
        with pytest.raises(kind, match=message) as caught:
            trainable.evaluate(inputs, labels)
        read(caught)


def test_spikes_that_do_not_fit(trainable: Any) -> None:
    def loss(*examples: PreprocessedSpikes) -> None:
        trainable.loss({"input": list(examples)}, {"output": [0] * len(examples)})

    good = preprocess_spikes([1.0], [0], 12)
    with pytest.raises(ModelError, match="Example 1.*of 5 neurons, but the population has 12"):
        loss(good, preprocess_spikes([1.0], [0], 5))
    with pytest.raises(ModelError, match="Example 1.*spikes at 25 ms") as caught:
        loss(good, preprocess_spikes([25.0], [3], 12))
    assert "neuron 3" in str(caught.value)
    assert str(caught.value).startswith("[Input input, Example 1] ")
    assert caught.value.fields["population"] == "input"
    with pytest.raises(ModelError, match="do not divide"):
        loss(PreprocessedSpikes(np.arange(12), np.zeros(3)))
    with pytest.raises(ModelError, match="-1"):
        loss(preprocess_spikes([-1.0], [0], 12))


def test_values_that_do_not_fit() -> None:
    with Network() as network:
        source = Population(BinarySpikeInput(), (2, 3))
        target = Population(IntegrateFire(readout="var"), 2)
        Connection(source, target, Dense(1.0))
    compiled = InferenceCompiler(2).compile(network)
    with pytest.raises(ModelError, match=r"\(4, 3, 2\).*give values of shape \(examples, 2, 3\)"):
        compiled.predict({source: np.ones((4, 3, 2))})
    with pytest.raises(TypeError, match="numbers"):
        compiled.predict({source: np.full((4, 2, 3), "a")})
    with pytest.raises(NotImplementedError, match="it has no readout"):
        compiled.predict({source: np.ones((4, 2, 3))}, source)


def test_arguments_of_other_types(small: Any, trainable: Any) -> None:
    for call, message in (
        (lambda: Conv2D(1.0, 2, 3, conv_padding=None), r"\[Conv2D\] conv_padding is None"),
        (lambda: trainable.trace({small.inputs: small.x}, "1"), "example is '1'"),
        (lambda: trainable.set_weights(small.hidden, "x"), "weights is an array of <U1"),
        (lambda: InferenceCompiler(20).compile(3), "3 is no network; give a Network"),
        (lambda: SpikeInput("a"), "max_spikes is 'a'"),
    ):
        with pytest.raises(TypeError, match=message) as caught:
            call()
        read(caught)


def test_a_network_of_another_compilation_is_not_known(trainable: Any) -> None:
    other = small_network()
    with pytest.raises(ModelError, match="belongs to another network"):
        trainable.weights(other.hidden)
