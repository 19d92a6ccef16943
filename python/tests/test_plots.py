"""Plots, looked at through what Matplotlib keeps of them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Iterator

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from conftest import compile_small
from saltus import Connection, Network, Population, plot
from saltus.callbacks import SpikeRecorder, VarRecorder
from saltus.connectivity import Dense, FixedProbability
from saltus.errors import ModelError
from saltus.neurons import LeakyIntegrateFire, SpikeInput


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    matplotlib.pyplot.close("all")


def drawn(axes: Any) -> Any:
    """The axes, which can be drawn."""
    axes.figure.canvas.draw()
    return axes


def test_raster(small: Any, trainable: Any) -> None:
    trace = trainable.trace({small.inputs: small.x}, 0)
    axes = drawn(plot.raster(trace, [small.hidden, small.inputs], dt=0.5))
    hidden, inputs, _ = axes.lines
    steps, neurons = trace.spikes[small.inputs]
    np.testing.assert_array_equal(inputs.get_xdata(), steps * 0.5)
    np.testing.assert_array_equal(inputs.get_ydata(), neurons + 8)
    np.testing.assert_array_equal(hidden.get_ydata(), trace.spikes[small.hidden][1])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (ms)", "neuron")
    assert axes.get_ylim() == (-0.5, 19.5)
    # Inputs are lowest when nothing is said.
    np.testing.assert_array_equal(plot.raster(trace).lines[0].get_ydata(), neurons)


def test_raster_of_what_was_recorded(small: Any, trainable: Any) -> None:
    recorder = SpikeRecorder(small.hidden, key="hidden")
    _, data = trainable.predict({small.inputs: small.x}, callbacks=[recorder])
    times, neurons = data["hidden"]
    axes = drawn(plot.raster({"hidden": (times[3], neurons[3])}))
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), times[3])
    given = matplotlib.pyplot.figure().subplots()
    assert plot.raster({"hidden": (times[3], neurons[3])}, ax=given) is given
    with pytest.raises(KeyError):
        plot.raster({"hidden": (times[3], neurons[3])}, ["output"])


def test_traces(small: Any, trainable: Any) -> None:
    trace = trainable.trace({small.inputs: small.x}, 0)
    axes = drawn(plot.traces(trace, small.hidden, neurons=[2, 5], dt=0.5, threshold=1.0))
    voltage = axes.lines[0]
    np.testing.assert_array_equal(voltage.get_ydata(), trace.states["hidden.v"][:, 2])
    np.testing.assert_array_equal(voltage.get_xdata(), 0.5 * np.arange(20))
    ticks = [line for line in axes.lines if line.get_marker() == "|"]
    steps, neurons = trace.spikes[small.hidden]
    assert sum(len(line.get_xdata()) for line in ticks) == np.isin(neurons, [2, 5]).sum()
    assert axes.get_ylabel() == "v of hidden" and axes.get_xlabel() == "time (ms)"
    recorder = VarRecorder(small.output, "v", key="v", example_filter=[0])
    _, data = trainable.predict({small.inputs: small.x}, callbacks=[recorder])
    axes = drawn(plot.traces(data["v"][0]))
    assert len(axes.lines) == 3 and axes.get_ylabel() == "v"
    with pytest.raises(ModelError, match=r"no state 'hidden.w'; known are hidden.*output.v"):
        plot.traces(trace, small.hidden, "w")
    with pytest.raises(ModelError, match="there is no neuron 8 among 8"):
        plot.traces(trace, "hidden", neurons=[8])
    with pytest.raises(ModelError, match=r"shape \(20,\); give \(steps, neurons\)"):
        plot.traces(np.zeros(20))


def test_learning_curve(small: Any, trainable: Any) -> None:
    metrics, *_ = trainable.train(*small.data, 3, validation_split=0.25)
    axes = drawn(plot.learning_curve(metrics.history))
    fractions = axes.figure.axes[1]
    assert [line.get_label() for line in axes.lines] == ["loss", "validation loss"]
    assert [line.get_linestyle() for line in fractions.lines] == ["-", "--"]
    assert fractions.get_ylabel() == "fraction of examples" and axes.get_ylabel() == "loss"
    expected = [epoch["accuracy"] for epoch in metrics.history]
    np.testing.assert_array_equal(fractions.lines[0].get_ydata(), expected)
    axes = drawn(plot.learning_curve(metrics.history, ["accuracy"]))
    assert len(axes.figure.axes) == 1 and axes.get_ylabel() == "fraction of examples"
    with pytest.raises(ModelError, match="the history has no epoch; train for at least one"):
        plot.learning_curve([])
    with pytest.raises(ModelError, match="there is no 'acuracy'; known are"):
        plot.learning_curve(metrics.history, ["acuracy"])


def test_confusion(small: Any, trainable: Any) -> None:
    predictions, _ = trainable.predict({small.inputs: small.x}, small.output)
    readouts = predictions[small.output]
    axes = drawn(plot.confusion(small.y, readouts, ["one", "two", "three"]))
    assert sum(int(text.get_text()) for text in axes.texts) == len(small.y)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["one", "two", "three"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("class found", "true class")
    shares = axes.images[0].get_array()
    found = readouts.argmax(axis=1)
    assert shares[1, 2] == pytest.approx(np.mean(found[small.y == 1] == 2))
    # A class that nothing was taken for, and one that there is none of.
    assert drawn(plot.confusion([0, 0], [[0, 1, 0], [1, 0, 0]])).images[0].get_array().shape == (
        3,
        3,
    )
    assert not drawn(plot.confusion(np.arange(30), np.arange(30))).texts
    with pytest.raises(ModelError, match="there are 2 labels for 3 predictions"):
        plot.confusion([0, 1], [0, 1, 1])
    with pytest.raises(ModelError, match="there are 1 names for 2 classes"):
        plot.confusion([0, 1], [0, 1], ["a"])
    metrics, _ = trainable.evaluate(*small.data, metrics="confusion_matrix")
    again = drawn(plot.confusion(metrics[small.output]))
    np.testing.assert_array_equal(again.images[0].get_array(), shares)
    with pytest.raises(ModelError, match=r"no predictions, .* \(int64, shape \(24,\)\)"):
        plot.confusion(small.y)


def test_weights(small: Any, trainable: Any) -> None:
    values = trainable.weights(small.hidden)
    axes = drawn(plot.weights(values))
    assert sum(patch.get_height() for patch in axes.patches) == values.size
    assert axes.get_xlabel() == "weight" and axes.get_ylabel() == "number of weights"
    axes = drawn(plot.weights(values, "matrix"))
    np.testing.assert_array_equal(axes.images[0].get_array(), values)
    low, high = axes.images[0].get_clim()
    assert low == -high and axes.get_ylabel() == "source neuron"
    axes = drawn(plot.weights(np.zeros((3, 3, 2, 8)), "matrix"))
    assert axes.images[0].get_array().shape == (18, 8) and axes.get_xlabel() == "filter"
    for given, kind, problem in (
        (values, "picture", "kind is 'picture'; give 'histogram' or 'matrix'"),
        ([], "histogram", "there are no weights"),
        ([1.0], "matrix", r"have shape \(1,\)"),
    ):
        with pytest.raises(ModelError, match=problem):
            plot.weights(given, kind)


def test_network(small: Any, trainable: Any) -> None:
    axes = drawn(plot.network(trainable))
    texts = [text.get_text() for text in axes.texts]
    assert "hidden\nLeakyIntegrateFire\n8" in texts and "Dense\nExponential" in texts
    assert "output\nLeakyIntegrate\n3\nreads AvgVar" in texts
    columns = [text.get_position()[0] for text in axes.texts[:3]]
    assert columns == sorted(set(columns))


def test_network_with_loops() -> None:
    with Network() as network:
        source = Population(SpikeInput(), 4, name="source")
        first = Population(LeakyIntegrateFire(), 4, name="first")
        second = Population(LeakyIntegrateFire(), name="second")
        Connection(source, first, Dense(1.0))
        Connection(first, first, FixedProbability(0.5, 1.0))
        Connection(first, second, Dense(1.0))
        Connection(second, first, Dense(1.0))
        Connection(source, second, Dense(1.0))
    axes = drawn(plot.network(network))
    boxes = {text.get_text().split("\n")[0]: text.get_position() for text in axes.texts[:3]}
    assert boxes["source"][0] < boxes["first"][0] < boxes["second"][0]
    assert "second\nLeakyIntegrateFire\n?" in [text.get_text() for text in axes.texts]
    with pytest.raises(ModelError, match="it has no population"):
        plot.network(Network())


def test_several_plots_share_a_picture(small: Any) -> None:
    compiled = compile_small(small)
    trace = compiled.trace({small.inputs: small.x}, 0)
    figure, (first, second) = matplotlib.pyplot.subplots(1, 2, layout="constrained")
    plot.raster(trace, ax=first)
    plot.traces(trace, small.output, ax=second)
    drawn(first)
    assert first.get_position().width > 0.2 and second.get_position().width > 0.2


def test_plots_need_no_screen(tmp_path: Any) -> None:
    code = "import saltus; saltus.plot.weights([1.0, 2.0]).figure.canvas.draw()"
    environment = {"PATH": "", "HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
