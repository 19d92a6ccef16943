"""Arrays as targets: the mean square error as loss and as metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import random_spikes
from saltus import InputLayer, Layer, SequentialNetwork
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.connectivity import Dense
from saltus.initializers import Normal
from saltus.losses import MeanSquareError
from saltus.metrics import MeanSquareError as MeanSquareErrorMetric
from saltus.metrics import Metric
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.errors import ModelError
from saltus.optimisers import Adam
from saltus.synapses import Exponential

X = random_spikes(10, 12)
STEPS = 20


def network_of(readout: str) -> Any:
    network = SequentialNetwork(default_params)
    with network:
        inputs = InputLayer(SpikeInput(), 12)
        Layer(Dense(Normal(0.6, 0.4)), LeakyIntegrateFire(), 8, Exponential(5.0), name="hidden")
        output = Layer(
            Dense(Normal(0.3, 0.4)), LeakyIntegrate(readout=readout), (2, 2), Exponential(5.0)
        )
    return network, inputs, output


def compiled_of(readout: str, backend: str = "cpu", **arguments: Any) -> Any:
    network, inputs, output = network_of(readout)
    compiler = EventPropCompiler(
        STEPS, MeanSquareError(), Adam(0.01), batch_size=4, backend=backend, **arguments
    )
    return compiler.compile(network), inputs, output


@pytest.mark.parametrize("backend", ["cpu", "reference", "reference64"])
@pytest.mark.parametrize("readout", ["var", "avg_var", "sum_var"])
def test_loss_and_metric_are_the_mean_over_all_elements(readout: str, backend: str) -> None:
    compiled, inputs, output = compiled_of(readout, backend)
    y = np.random.default_rng(0).normal(size=(10, 2, 2))
    predicted = compiled.predict({inputs: X}, output, [])[0][output]
    expected = np.mean((predicted - y) ** 2)
    # Batches of 4, 4 and 2.
    metrics, _ = compiled.evaluate({inputs: X}, {output: y}, "mean_square_error", [])
    assert metrics[output].result == pytest.approx(expected, rel=1e-5)
    assert compiled.loss({inputs: X}, {output: y}) == pytest.approx(expected, rel=1e-5)
    own = MeanSquareErrorMetric()
    for part in (slice(0, 7), slice(7, 10)):
        own.update(y[part], predicted[part])
    assert own.result == pytest.approx(expected)


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_every_timestep(backend: str) -> None:
    compiled, inputs, output = compiled_of("var", backend)
    y = np.random.default_rng(0).normal(size=(10, STEPS, 2, 2)).astype(np.float32)
    name = output.population().name + ".v"
    traced = np.stack([compiled.trace({inputs: X}, k).states[name] for k in range(10)])
    expected = np.mean((traced.reshape(y.shape) - y) ** 2)
    assert compiled.loss({inputs: X}, {output: y}) == pytest.approx(expected, rel=1e-5)
    metrics, _ = compiled.evaluate({inputs: X}, {output: y}, "mean_square_error", [])
    assert metrics[output].result == pytest.approx(expected, rel=1e-5)
    metrics, _ = compiled.train(
        {inputs: X}, {output: y}, 1, metrics="mean_square_error", callbacks=[], validation_split=0.2
    )[0:2]
    gradient = compiled.gradients({inputs: X}, {output: y})[compiled.network.connections[0]]
    assert gradient.shape == (12, 8) and np.abs(gradient).max() > 0


def test_training_approaches_its_targets() -> None:
    compiled, inputs, output = compiled_of("var")
    time = np.linspace(0.0, 1.0, STEPS)
    y = np.stack([np.stack([0.1 * time * k] * 4, axis=1) for k in range(10)])
    before = compiled.loss({inputs: X}, {output: y})
    metrics, _ = compiled.train(
        {inputs: X}, {output: y}, 100, metrics="mean_square_error", callbacks=[]
    )
    assert metrics.loss < 0.5 * before
    assert metrics[output].result == pytest.approx(metrics.loss, rel=1e-5)


def test_metrics_of_users_see_shaped_targets() -> None:
    network, inputs, output = network_of("avg_var")
    compiled = InferenceCompiler(STEPS, batch_size=4).compile(network)
    y = np.random.default_rng(0).normal(size=(10, 2, 2))

    class Worst(Metric):
        def reset(self) -> None:
            self.result = 0.0

        def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
            assert y_true.shape == y_pred.shape
            self.result = max(self.result, float(np.abs(y_true - y_pred).max()))

    metrics, _ = compiled.evaluate({inputs: X}, {output: y}, Worst(), [])
    predicted = compiled.predict({inputs: X}, output, [])[0][output]
    assert metrics[output].result == pytest.approx(np.abs(predicted - y).max())


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "uint8"])
def test_types_of_targets(dtype: str) -> None:
    compiled, inputs, output = compiled_of("avg_var")
    y = np.random.default_rng(1).integers(0, 3, (10, 2, 2)).astype(dtype)
    expected = compiled.loss({inputs: X}, {output: y.astype(np.float64)})
    for given in (y, np.asfortranarray(y), y.reshape(10, 4), y.tolist()):
        assert compiled.loss({inputs: X}, {output: given}) == pytest.approx(expected)


def test_what_does_not_fit() -> None:
    compiled, inputs, output = compiled_of("avg_var")
    labels = np.zeros(10, int)
    cases = [
        (labels, ModelError, "its loss mean_square_error compares values and was given labels"),
        (labels + 0.5, TypeError, "give whole numbers, .* or values of shape"),
        (np.ones((10, 3)), ModelError, r"they have shape \(10, 3\), but the population has shape"),
        (np.ones((10, STEPS, 2, 2)), ModelError, "those of every timestep, but its readout is"),
        (np.ones((10, 5, 2, 2)), ModelError, r"have shape \(10, 5, 4\)"),
        (np.ones((9, 2, 2)), ModelError, "numbers of examples differ"),
        (np.full((10, 2, 2), np.nan), ModelError, "holds nan"),
        (np.full((10, 2, 2), "a"), TypeError, "they are of type"),
    ]
    for given, kind, message in cases:
        with pytest.raises(kind, match=message):
            compiled.train({inputs: X}, {output: given}, 1, metrics="mean_square_error")
    with pytest.raises(ModelError, match="compares labels, but .* was given values"):
        compiled.train({inputs: X}, {output: np.ones((10, 2, 2))}, 1)
    with pytest.raises(ModelError, match="ConfusionMatrix. it compares labels and was given val"):
        compiled.evaluate({inputs: X}, {output: np.ones((10, 2, 2))}, "confusion_matrix", [])
    with pytest.raises(ModelError, match="give targets of the predictions' shape"):
        MeanSquareErrorMetric().update(np.ones((3, 2)), np.ones((3, 4)))
