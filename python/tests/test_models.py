"""Networks with their weights as one file, and as the text of a network file."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest

import saltus
from conftest import ROOT, Small, compile_small, random_spikes
from saltus import Connection, InputLayer, Layer, Network, Population, SequentialNetwork
from saltus import connectivity as c
from saltus import initializers as i
from saltus import neurons as n
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.errors import ModelError, RuntimeFault
from saltus.losses import SparseCategoricalCrossentropy
from saltus.neurons import (
    BinarySpikeInput,
    UserNeuron,
    IntegrateFire,
    LeakyIntegrate,
    LeakyIntegrateFire,
    SpikeInput,
)
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import linear_latency_encode_data, read_idx, write_idx


class Ring(c.RowConnectivity):
    """To the next neuron, with a weight and delay of each."""

    def row(self, pre: int, request: Any) -> Any:
        return [(pre + 1) % request.num_post], [0.5 + pre], [pre % 3]


def forward(compiled: Any, x: Any, output: str) -> np.ndarray:
    given = {compiled.network.find_population("input"): x}
    return compiled.predict(given, output, callbacks=())[0][output]


def round_trip(network: Network, tmp_path: Path, x: Any, **arguments: Any) -> Any:
    """Saves, loads, and compares what both compute, also from another seed."""
    compiled = InferenceCompiler(15, rng_seed=3, **arguments).compile(network)
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    expected = forward(compiled, x, "output")
    again = model.compiler.compile(model.network)
    np.testing.assert_array_equal(forward(again, x, "output"), expected)
    return model


WEIGHT = i.Normal(0.5, 0.3)
CONNECTIVITY = {
    "dense": c.Dense(np.linspace(0, 1, 36 * 5).reshape(36, 5), delay=2),
    "fixed_probability": c.FixedProbability(0.3, WEIGHT, delay=1),
    "fixed_number_post": c.FixedNumberPost(3, WEIGHT),
    "fixed_number_pre": c.FixedNumberPre(3, WEIGHT),
    "fixed_number_total": c.FixedNumberTotal(50, WEIGHT),
    "sparse": c.Sparse([0, 1, 35], [4, 3, 2], [1.0, 2.0, 3.0], [0, 1, 2]),
    "one_to_one": c.OneToOne(WEIGHT, delay=np.arange(36) % 4),
    "conv_2d": c.Conv2D(WEIGHT, 2, (3, 2), True, 2, "same", dilation=1),
    "conv_2d_transpose": c.Conv2DTranspose(WEIGHT, 2, 3, conv_strides=2),
    "avg_pool_2d": c.AvgPool2D(2),
    "avg_pool_conv_2d": c.AvgPoolConv2D(WEIGHT, 2, 2, 2),
    "avg_pool_dense_2d": c.AvgPoolDense2D(WEIGHT, 2),
    "rows": Ring(1.0),
}


@pytest.mark.parametrize("name", CONNECTIVITY)
def test_connectivity(name: str, tmp_path: Path) -> None:
    infers = name.startswith(("conv", "one", "avg_pool_2d", "avg_pool_conv"))
    shape = None if infers else (36 if name == "rows" else 5)
    with Network() as network:
        inputs = Population(SpikeInput(), (6, 6, 1), name="input")
        output = Population(LeakyIntegrate(readout="sum_var"), shape, name="output")
        Connection(inputs, output, CONNECTIVITY[name], Exponential(4.0))
    round_trip(network, tmp_path, random_spikes(4, 36, latest=8.0))


def test_one_dimensional_convolution(tmp_path: Path) -> None:
    with Network() as network:
        inputs = Population(SpikeInput(), (12, 1), name="input")
        output = Population(LeakyIntegrate(readout="sum_var"), name="output")
        Connection(inputs, output, c.Conv1D(WEIGHT, 3, 4, conv_stride=2), Exponential(4.0))
    round_trip(network, tmp_path, random_spikes(4, 12, latest=8.0))


@pytest.mark.parametrize(
    "neuron",
    [
        n.BinarySpikeInput(True, 2, 4),
        n.PoissonInput(False, 2, 3),
        n.IntegrateFireInput(v_thresh=2.0, input_frames=2),
        n.LeakyIntegrateFireInput(tau_refrac=2.0, scale_i=True, input_frames=2),
    ],
    ids=lambda each: type(each).__name__,
)
def test_inputs(neuron: Any, tmp_path: Path) -> None:
    with Network() as network:
        inputs = Population(neuron, (2, 3), name="input")
        output = Population(LeakyIntegrate(readout="sum_var"), 4, name="output")
        Connection(inputs, output, c.Dense(WEIGHT), Exponential(4.0))
    model = round_trip(network, tmp_path, np.random.default_rng(1).normal(0.5, 1, (4, 2, 2, 3)))
    assert repr(model.network.populations[0].neuron) == repr(neuron)


@pytest.mark.parametrize(
    "neuron",
    [
        n.IntegrateFire(0.8, v_reset=0.1, readout="spike_count"),
        n.LeakyIntegrateFire(tau_mem=15.0, tau_refrac=3.0, integrate_during_refrac=False),
        n.AdaptiveLeakyIntegrateFire(0.7, beta=0.3, tau_refrac=2.0, tau_adapt=50.0, scale_i=True),
        n.AdaptiveExponential(b=50.0, v=-60.0, tau_refrac=2.0, solver="euler", sub_steps=3),
        n.Izhikevich(d=4.0, readout="spike_count"),
        n.ResonateFire(0.5, omega=0.3, x=0.2, tau_refrac=1.0),
        n.UserNeuron(
            ["dw/dt = (v - w) / tau_w", "dv/dt = (i + k * v * (v - 1) - w) / tau"],
            {"tau": (i.Uniform(8.0, 12.0), "ms"), "tau_w": (50.0, "ms"), "a": 2.0},
            {"w": 0.0, "v": (i.Normal(0.1, 0.05), "1")},
            "v >= 0.8 * limit",
            ["v = 0", "w = w + 0.1"],
            "v",
            {"limit": "1 + 0 * a", "k": "limit / 2"},
            tau_refrac=2.0,
            integrate_during_refrac=False,
            held=["v"],
            solver="rk4",
            sub_steps=2,
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_neurons(neuron: Any, tmp_path: Path) -> None:
    with Network() as network:
        inputs = Population(SpikeInput(), 12, name="input")
        hidden = Population(neuron, 6, name="hidden")
        output = Population(LeakyIntegrate(readout="sum_var"), 4, name="output")
        Connection(inputs, hidden, c.Dense(i.Normal(1.5, 1.0)), Exponential(4.0))
        Connection(hidden, output, c.Dense(WEIGHT), Exponential(4.0))
    model = round_trip(network, tmp_path, random_spikes(4, 12, latest=8.0))
    assert repr(model.network.populations[1].neuron) == repr(neuron)


def test_lists_of_synapses_in_any_order(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    pre, post = random.integers(0, 12, 60), random.integers(0, 4, 60)
    with Network() as network:
        inputs = Population(SpikeInput(), 12, name="input")
        output = Population(LeakyIntegrate(readout="sum_var"), 4, name="output")
        listed = c.Sparse(pre, post, random.normal(0.5, 0.5, 60), random.integers(0, 3, 60))
        Connection(inputs, output, listed, Exponential(4.0))
    round_trip(network, tmp_path, random_spikes(4, 12, latest=8.0))


INITIALIZERS = [
    i.Normal(0.5, 0.1),
    i.Uniform(0.0, 1.0),
    i.NormalClipped(0.5, 0.5, 0.1, 1.0),
    i.Exponential(0.5),
    i.Gamma(2.0, 0.3),
    i.Binomial(5, 0.4),
    i.Constant(0.4),
]


@pytest.mark.parametrize("initializer", INITIALIZERS, ids=lambda each: type(each).__name__)
def test_initializers_of_parameters(initializer: Any, tmp_path: Path) -> None:
    """They are drawn anew, from the same seed."""
    with Network() as network:
        inputs = Population(SpikeInput(), 12, name="input")
        hidden = Population(LeakyIntegrateFire(v=initializer), (2, 4), name="hidden")
        neuron = LeakyIntegrate(bias=np.linspace(0, 1, 3), readout="sum_var")
        output = Population(neuron, 3, name="output")
        Connection(inputs, hidden, c.Dense(0.4), max_delay_steps=6)
        Connection(hidden, output, c.Dense(i.Sparse(0.5, i.Normal(1.0, 0.5))), Exponential(4.0))
    model = round_trip(network, tmp_path, random_spikes(4, 12, latest=8.0))
    assert type(model.network.populations[1].neuron.v) is type(initializer)
    assert model.network.connections[0].max_delay_steps == 6


def test_training_goes_on(small: Small, tmp_path: Path) -> None:
    compiler = EventPropCompiler(
        20,
        {small.output: SparseCategoricalCrossentropy(0.5)},
        Adam(0.02, beta1=0.8),
        batch_size=5,
        rng_seed=4,
        min_slope=0.03,
        dt=0.9,
    )
    compiled = compiler.compile(small.network)
    path = tmp_path / "model.h5"
    compiled.save_model(path, 'with "quotes"\n\x7f and \u2192', {"accuracy": 0.875})
    model = saltus.load_model(path)
    assert model.description == 'with "quotes"\n\x7f and \u2192'
    assert model.metrics == {"accuracy": 0.875}
    again = model.compiler.compile(model.network)
    assert repr(model.compiler.optimiser) == repr(compiler.optimiser)
    x, y = small.data
    compiled.train(x, y, 2, callbacks=())
    again.train({"input": small.x}, {"output": small.y}, 2, callbacks=())
    for name in ("Conn_input_hidden", "Conn_hidden_output"):
        np.testing.assert_array_equal(again.weights(name), compiled.weights(name))


def test_losses(small: Small, tmp_path: Path) -> None:
    compiled = EventPropCompiler(20, "mean_square_error").compile(small.network)
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    y = np.ones((len(small.x), 3))
    again = model.compiler.compile(model.network)
    found = again.loss({"input": small.x}, {"output": y})
    assert found == compiled.loss({small.inputs: small.x}, {small.output: y})


def test_what_network_files_cannot_say(small: Small, tmp_path: Path) -> None:
    def refused(message: str, compiler: Any = InferenceCompiler(5), **neurons: Any) -> None:
        with Network() as network:
            inputs = Population(neurons.get("input", BinarySpikeInput()), 3, name="input")
            neuron = neurons.get("neuron", LeakyIntegrate(readout="var"))
            Connection(inputs, Population(neuron, 2, name="output"), c.Dense(1.0))
        with pytest.raises(NotImplementedError, match=message):
            compiler.compile(network).save_model(tmp_path / "model.h5")
        assert not os.listdir(tmp_path)

    class Varied(UserNeuron):
        """May do anything."""

    varied = Varied(["dv/dt = -v / tau"], {"tau": 5.0}, {"v": 0.0}, readout="var")
    refused(r"\[Population output\] network files have no Varied", neuron=varied)

    class Own(i.Initializer):
        def value(self, stream: Any, element: int) -> float:
            return 1.0

    own = LeakyIntegrate(v=Own(), readout="var")
    refused(r"\[Population output\] network files have no Own; save the weights", neuron=own)
    read = n.IntegrateFireInput()
    read.readout = "spike_count"
    refused("cannot say that an input has a readout", input=read)
    carried = InferenceCompiler(5, reset_vars_between_batches=False)
    refused("cannot say that examples go on", carried)


def test_files_that_are_no_models(small: Small, tmp_path: Path) -> None:
    compiled = compile_small(small)
    path = tmp_path / "model.h5"
    with pytest.raises(RuntimeFault, match="No such file"):
        saltus.load_model(path)
    compiled.save_checkpoint(path)
    with pytest.raises(ModelError, match="saltus checkpoint"):
        saltus.load_model(path)
    compiled.save_model(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(RuntimeFault, match="damaged|cut off|checksum"):
        saltus.load_model(path)
    with pytest.raises(RuntimeFault, match="cannot be written|no folder|No such"):
        compiled.save_model(tmp_path / "nowhere" / "model.h5")
    with pytest.raises(ModelError, match="folder"):
        compiled.save_model(path, data={"test_images": "a", "test_labels": "b"})
    with pytest.raises(ModelError, match="did you mean 'test_images'"):
        compiled.save_model(path, data={"folder": ".", "test_image": "a"})


def test_idx_files(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    for shape in ((7,), (3, 4, 5), (0, 2, 2)):
        for name in ("plain", "compressed.gz"):
            values = random.integers(0, 256, shape)
            write_idx(tmp_path / name, values)
            np.testing.assert_array_equal(read_idx(tmp_path / name), values)
    with pytest.raises(ModelError, match="a value is 256"):
        write_idx(tmp_path / "x", [256])
    with pytest.raises(TypeError, match="array of float64"):
        write_idx(tmp_path / "x", [0.5])
    with pytest.raises(RuntimeFault, match="cannot be written: Is a directory"):
        write_idx(tmp_path, [1])
    (tmp_path / "x").write_text("no idx file")
    with pytest.raises(ModelError, match="is not an idx file"):
        read_idx(tmp_path / "x")


def programs() -> Any:
    """The program, where it was built."""
    return [path for path in ROOT.glob("build/*/saltus") if os.access(path, os.X_OK)]


@pytest.mark.skipif(not programs(), reason="the program is not built")
def test_the_program_evaluates_what_python_trained(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 3, 90)
    bright = np.arange(36).reshape(6, 6) // 12 == labels[:, None, None]
    images = (255 * (random.random((90, 6, 6)) < 0.2 + 0.5 * bright)).astype(np.uint8)
    network = SequentialNetwork(default_params)
    with network:
        pixels = InputLayer(SpikeInput(), 36)
        Layer(c.Dense(i.Normal(0.3, 0.3)), LeakyIntegrateFire(), 20, Exponential(5.0))
        neuron = LeakyIntegrate(readout="avg_var")
        output = Layer(c.Dense(i.Normal(0.2, 0.4)), neuron, 3, Exponential(5.0))
    spikes = linear_latency_encode_data(images, 18.0, 2.0)
    compiled = EventPropCompiler(20, "sparse_categorical_crossentropy").compile(network)
    compiled.train({pixels: spikes}, {output: labels}, 3, callbacks=())
    metrics, _ = compiled.evaluate({pixels: spikes}, {output: labels}, callbacks=())
    write_idx(tmp_path / "images.gz", images)
    write_idx(tmp_path / "labels", labels)
    files: Dict[str, Any] = {"test_images": "images.gz", "test_labels": "labels"}
    encoding = {"type": "linear_latency", "max_time": 18.0, "min_time": 2.0}
    model = tmp_path / "model.h5"
    compiled.save_model(model, data={"folder": tmp_path, **files}, encoding=encoding)
    found = subprocess.run(
        [programs()[0], "evaluate", model, "--json"], capture_output=True, text=True, check=True
    )
    result = json.loads(found.stdout.splitlines()[-1])
    assert result["test_accuracy"] == pytest.approx(metrics[output].result)
    assert result["images"] == 90
