"""How objects show themselves."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, List

import numpy as np
import pytest

import saltus
from conftest import compile_small
from saltus import Connection, Network, Population
from saltus.callbacks import EarlyStopping, SpikeRecorder
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.connectivity import AvgPool2D, Conv2D, Dense, FixedProbability, OneToOne
from saltus.initializers import Constant, Kernel, Normal
from saltus.neurons import IntegrateFire, LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Delta, Exponential

ARRAY = np.arange(12.0).reshape(3, 4)


class Cells(HTMLParser):
    """The cells of a table; complains about tags that are not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: List[str] = []
        self.rows: List[List[str]] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1].append(data)


@pytest.mark.parametrize(
    "shown",
    [
        Dense(Normal(mean=0.1, sd=1.0), delay=2.0),
        Dense([[1.0, 2.0]]),
        FixedProbability(0.1, weight="uniform"),
        LeakyIntegrateFire(tau_mem=10.0, readout="spike_count"),
        LeakyIntegrate(bias=Constant(0.5), readout="avg_var"),
        Exponential(3.0),
        Delta(),
        Adam(0.01),
        InferenceCompiler(20, batch_size=4),
        EventPropCompiler(20, "sparse_categorical_crossentropy", Adam(0.01), threads=2),
        EarlyStopping(patience=5),
    ],
    ids=lambda shown: type(shown).__name__,
)
def test_objects_show_the_call_that_makes_them(shown: Any) -> None:
    names: Any = {"array": np.array}
    for module in ("connectivity", "initializers", "neurons", "readouts", "synapses", "losses"):
        names = {**names, **vars(getattr(saltus, module))}
    names.update(Exponential=Exponential, InferenceCompiler=InferenceCompiler, Adam=Adam)
    names.update(EventPropCompiler=EventPropCompiler, EarlyStopping=EarlyStopping)
    again = eval(repr(shown), names)
    assert type(again) is type(shown) and repr(again) == repr(shown)


def test_large_arguments_are_short() -> None:
    assert repr(Dense(ARRAY)) == "Dense(weight=<array (3, 4), mean 5.5, sd 3.452>, delay=0.0)"
    assert repr(Kernel(np.zeros((28, 28)))) == "Kernel(values=<array (28, 28), mean 0, sd 0>)"
    assert len(repr(LeakyIntegrateFire(v=np.zeros(1000)))) < 250
    assert "None" not in repr(InferenceCompiler(20)) and "20" in repr(InferenceCompiler(20))


def test_networks(small: Any) -> None:
    lines = repr(small.network).splitlines()
    assert lines[0] == "SequentialNetwork of 3 populations and 2 connections:"
    assert (
        lines[2].split() == "hidden LeakyIntegrateFire (8,) from input (Dense, Exponential)".split()
    )
    assert "LeakyIntegrate, reads AvgVar" in lines[3]
    assert repr(Network()) == "Network of 0 populations and 0 connections"
    rows = Cells(small.network._repr_html_()).rows
    assert rows[0] == ["Population", "Neuron", "Shape", "Receives"]
    assert rows[2] == ["hidden", "LeakyIntegrateFire", "(8,)", "from input (Dense, Exponential)"]


def test_parts_of_networks(small: Any) -> None:
    assert repr(small.inputs) == "<InputLayer input: SpikeInput, shape (12,)>"
    output = "output: LeakyIntegrate, shape (3,), reads AvgVar"
    assert repr(small.output.population()) == f"<Population {output}>"
    assert repr(small.output).startswith(f"<Layer {output}, receives Dense(weight=Normal(")
    connection = repr(small.hidden.connection())
    assert connection.startswith("<Connection Conn_input_hidden: input to hidden, Dense(")
    assert connection.endswith("Exponential(tau=5.0, scale_i=True)>")
    snippet = small.hidden.connection().connectivity.get_snippet(
        small.hidden.connection(), ["SPARSE", "DENSE"]
    )
    assert repr(snippet) == "<ConnectivitySnippet: DENSE, weights of shape (12, 8), trainable>"
    assert "SpikeRecorder(pop=<Layer hidden" in repr(SpikeRecorder(small.hidden, key="spikes"))
    with Network():
        assert repr(Population(SpikeInput(), name="bare")) == (
            "<Population bare: SpikeInput, shape None>"
        )


def test_compiled_networks(small: Any, trainable: Any) -> None:
    text = repr(trainable)
    assert text.startswith("<CompiledTrainingNetwork of 3 populations with 120 weights: 20 steps")
    assert "batches of 8" in text and text.endswith("threads 2>")


def test_summary(small: Any, trainable: Any) -> None:
    summary = trainable.summary()
    # A prompt shows it as it is.
    assert repr(summary) == str(summary) and "<pre>" in summary._repr_html_()
    lines = [line.split() for line in summary.splitlines()]
    assert lines[0] == "Population (neuron) Shape Matrix type Weights Memory".split()
    assert lines[3] == "hidden (LeakyIntegrateFire) 8".split()
    assert lines[4] == "from input (Dense) DENSE 96 384 bytes".split()
    assert summary.endswith("Neurons: 23\nWeights: 120 (480 bytes), of which trained: 120")
    rows = Cells(trainable._repr_html_()).rows
    assert rows[3] == ["  from input (Dense)", "DENSE", "96", "384 bytes"]


def test_summary_of_what_is_not_dense() -> None:
    with Network() as network:
        image = Population(SpikeInput(), (8, 8, 1), name="image")
        features = Population(IntegrateFire(), name="features")
        pooled = Population(IntegrateFire(readout="spike_count"), name="pooled")
        Connection(image, features, Conv2D(0.1, filters=4, conv_size=3))
        Connection(features, pooled, AvgPool2D(2))
        Connection(pooled, pooled, OneToOne(0.5))
    compiled = InferenceCompiler(10, backend="reference64").compile(network)
    summary = compiled.summary()
    features_line = next(line for line in summary.splitlines() if line.startswith("features"))
    assert features_line.split(maxsplit=2)[2] == "6 x 6 x 4"
    conv = next(line for line in summary.splitlines() if "Conv2D" in line)
    weights = int(conv.split()[-3])
    assert (
        weights == compiled.weights(network.connections[0]).size and f"{8 * weights} bytes" in conv
    )
    assert "from features (AvgPool2D)" in summary and "from pooled (OneToOne)" in summary
    assert "trained" not in summary


def test_summary_says_what_is_not_trained() -> None:
    with Network(default_params) as network:
        image = Population(SpikeInput(), (4, 4, 1), name="image")
        pooled = Population(LeakyIntegrateFire(), name="pooled")
        output = Population(LeakyIntegrate(readout="avg_var"), 3, name="output")
        Connection(image, pooled, AvgPool2D(2), Exponential(5.0))
        Connection(pooled, output, Dense("normal"), Exponential(5.0))
    compiled = EventPropCompiler(10, "sparse_categorical_crossentropy").compile(network)
    lines = compiled.summary().splitlines()
    assert lines[4].split()[:4] == ["from", "image", "(AvgPool2D,", "fixed)"]
    assert lines[-1].endswith("of which trained: 12")
