"""Compiled networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import compile_small, random_spikes, small_network
from saltus import Connection, Network, Population
from saltus.callbacks import Callback, SpikeRecorder
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.connectivity import Dense, FixedProbability
from saltus.errors import ModelError
from saltus.initializers import Normal
from saltus.metrics import ConfusionMatrix, Metric, SparseCategoricalAccuracy, TopKAccuracy
from saltus.neurons import BinarySpikeInput, IntegrateFire, LeakyIntegrateFire, PoissonInput
from saltus.neurons import SpikeInput
from saltus.utils.data import to_grid_spikes, to_spike_trains


def test_evaluate_returns_metrics_under_the_keys_given(small: Any, trainable: Any) -> None:
    x, y = small.data
    with trainable as compiled:
        metrics, data = compiled.evaluate(x, y)
    assert list(metrics) == [small.output] and data == {}
    assert isinstance(metrics[small.output], SparseCategoricalAccuracy)
    predictions, _ = trainable.predict(x, small.output)
    expected = np.mean(predictions[small.output].argmax(axis=1) == small.y)
    assert metrics[small.output].result == pytest.approx(expected)
    by_name, _ = trainable.evaluate(
        {"input": small.x}, {"output": small.y}, {"output": "mean_square_error"}
    )
    assert by_name["output"].result > 0


def test_metrics_agree_with_their_own_computation(small: Any, trainable: Any) -> None:
    x, y = small.data
    predictions, _ = trainable.predict(x)
    for name in ("sparse_categorical_accuracy", "mean_square_error", TopKAccuracy(2)):
        metrics, _ = trainable.evaluate(x, y, name)
        engine = metrics[small.output].result
        metrics[small.output].reset()
        metrics[small.output].update(small.y, predictions[small.output])
        assert metrics[small.output].result == pytest.approx(engine)


class TopTwo(Metric):
    def reset(self) -> None:
        self.hits, self.total = 0, 0

    def update(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        best = np.argsort(y_pred, axis=1)[:, -2:]
        self.hits += int((best == y_true[:, None]).any(axis=1).sum())
        self.total += len(y_true)

    @property
    def result(self) -> float:
        return self.hits / self.total


def test_a_metric_written_in_python(small: Any, trainable: Any) -> None:
    x, y = small.data
    metrics, _ = trainable.evaluate(x, y, TopTwo())
    assert 0 < metrics[small.output].result <= 1 and metrics[small.output].total == len(small.y)
    with pytest.raises(NotImplementedError, match="TopTwo is computed in Python"):
        trainable.train(x, y, 1, metrics=TopTwo())


def test_confusion_matrix(small: Any, trainable: Any) -> None:
    x, y = small.data
    metrics, _ = trainable.evaluate(x, y, "confusion_matrix")
    matrix = metrics[small.output].result
    readouts = trainable.predict(x, small.output)[0][small.output]
    expected = np.zeros((3, 3), int)
    np.add.at(expected, (small.y, readouts.argmax(axis=1)), 1)
    np.testing.assert_array_equal(matrix, expected)
    with pytest.raises(ModelError, match="a label is 3, but there are 3 classes"):
        ConfusionMatrix().update(np.array([0, 3]), np.eye(3)[:2])


def test_predictions_have_the_shape_of_the_population() -> None:
    with Network() as network:
        source = Population(SpikeInput(), 12)
        target = Population(IntegrateFire(readout="spike_count"), (2, 3))
        Connection(source, target, Dense(0.3))
    compiled = InferenceCompiler(20, batch_size=4).compile(network)
    predictions, _ = compiled.predict({source: random_spikes(5, 12)}, [target])
    assert predictions[target].shape == (5, 2, 3) and predictions[target.name].dtype == np.float64


@pytest.mark.parametrize("dtype", ["i8", "i4", "u1", "u8", "i2", ">i4"])
def test_labels_of_any_integer_type(small: Any, trainable: Any, dtype: str) -> None:
    x, y = small.data
    expected = trainable.loss(x, y)
    assert trainable.loss(x, {small.output: small.y.astype(dtype)}) == expected
    assert trainable.loss(x, {small.output: np.repeat(small.y, 2)[::2].tolist()}) == expected


def test_spikes_of_any_kind(small: Any, trainable: Any) -> None:
    _, y = small.data
    expected = trainable.loss({small.inputs: small.x}, y)
    singles = [(ends.astype("i4"), times.astype("f4")) for ends, times in small.x]
    for spikes in (
        tuple(small.x),
        to_spike_trains(small.x),
        to_grid_spikes(small.x, 1.0, 20),
        to_grid_spikes(to_spike_trains(small.x), 1.0, 20),
        singles,
    ):
        assert trainable.loss({small.inputs: spikes}, y) == pytest.approx(expected, rel=1e-5)


def test_train_returns_metrics_and_history(small: Any, trainable: Any) -> None:
    x, y = small.data
    before = trainable.loss(x, y)
    metrics, data = trainable.train(x, y, num_epochs=20)
    assert data == {} and len(metrics.history) == 20
    assert metrics.history[-1]["epoch"] == 19 and metrics.history[-1]["seconds"] > 0
    assert metrics.loss == metrics.history[-1]["loss"] < before
    assert metrics[small.output].result == metrics.history[-1]["accuracy"]


def test_validation(small: Any) -> None:
    x, y = small.data
    split = compile_small(small).train(x, y, 3, validation_split=0.25)
    metrics, validation, data, validation_data = split
    assert (data, validation_data) == ({}, {}) and "validation_loss" in metrics.figures
    given = compile_small(small).train(
        {small.inputs: small.x[:18]},
        {small.output: small.y[:18]},
        3,
        validation_x={small.inputs: small.x[18:]},
        validation_y={small.output: small.y[18:]},
    )
    assert given[0].loss == metrics.loss
    assert given[1][small.output].result == validation[small.output].result
    with pytest.raises(RuntimeError, match="both a validation_split and examples"):
        compile_small(small).train(x, y, 1, validation_split=0.5, validation_x=x, validation_y=y)


def test_one_seed_gives_the_same_bits_whatever_the_threads(small: Any) -> None:
    x, y = small.data
    weights = []
    for threads in (1, 2):
        compiled = compile_small(small, threads=threads)
        compiled.train(x, y, 3, input_dropout=0.1, schedule=lambda done: 1.0 - 0.5 * done)
        weights.append(compiled.weights(small.hidden))
    np.testing.assert_array_equal(*weights)
    assert not np.array_equal(weights[0], compile_small(small, rng_seed=1).weights(small.hidden))


def test_weights(small: Any, trainable: Any) -> None:
    connection = small.hidden.connection()
    weights = trainable.weights(small.hidden)
    assert weights.shape == (12, 8)
    for key in (connection, connection.name):
        np.testing.assert_array_equal(trainable.weights(key), weights)
    new = np.random.default_rng(1).normal(size=(8, 12)).astype("f4").T
    trainable.set_weights(connection, new)
    np.testing.assert_array_equal(trainable.weights(connection), new)
    with pytest.raises(
        ModelError, match=r"weights of shape \(8, 12\) do not fit its shape \(12, 8\)"
    ):
        trainable.set_weights(connection, new.T)


def test_gradients_are_those_of_the_loss() -> None:
    small = small_network(examples=6)
    compiled = compile_small(small, backend="reference64", min_slope=1e-6)
    x, y = small.data
    gradients = compiled.gradients(x, y)
    gradient = gradients[small.output]
    assert set(gradients) == set(small.network.connections)
    assert gradients[small.output.connection().name] is gradient
    weights = compiled.weights(small.output)
    losses = []
    for sign in (1, -1):
        moved = weights.copy()
        moved[2, 1] += sign * 1e-5
        compiled.set_weights(small.output, moved)
        losses.append(compiled.loss(x, y))
    assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(gradient[2, 1], rel=1e-4, abs=1e-9)


def test_delay_gradients(small: Any, trainable: Any) -> None:
    gradients = trainable.delay_gradients(*small.data)
    assert gradients[small.hidden].shape == (1,)


def test_synapses() -> None:
    with Network() as network:
        source = Population(SpikeInput(), 50)
        target = Population(LeakyIntegrateFire(readout="var"), 40)
        connection = Connection(source, target, FixedProbability(0.1, 0.5, delay=2))
    compiled = InferenceCompiler(5, rng_seed=3).compile(network)
    pre, post, weight, delay = compiled.synapses(connection)
    assert 100 < len(pre) < 300 and pre.max() < 50 and post.max() < 40
    assert set(weight) == {0.5} and set(delay) == {2}
    snippet = connection.connectivity.get_snippet(connection, ["SPARSE"])
    np.testing.assert_array_equal(snippet.synapses(seed=3)[1], post)


def test_trace(small: Any, trainable: Any) -> None:
    trace = trainable.trace({small.inputs: small.x}, 2)
    assert trace.states["hidden.v"].shape == (20, 8)
    steps, neurons = trace.spikes[small.hidden]
    assert len(steps) == len(neurons) and steps.max() < 20 and neurons.max() < 8
    predictions, _ = trainable.predict({small.inputs: small.x})
    np.testing.assert_allclose(
        trace.readouts[small.output], predictions[small.output][2], rtol=1e-4, atol=1e-6
    )


def test_poisson_input_of_any_shape() -> None:
    with Network() as network:
        source = Population(PoissonInput(), (2, 3))
        target = Population(IntegrateFire(v_thresh=1e9, readout="var"), 1)
        Connection(source, target, Dense(1.0))
    compiled = InferenceCompiler(200, rng_seed=5).compile(network)
    rates = np.full((4, 2, 3), 0.1, np.float32)
    counts = compiled.predict({source: rates}, target)[0][target]
    flat = compiled.predict({source: rates.reshape(4, 6)}, target)[0][target]
    np.testing.assert_array_equal(counts, flat)
    assert 60 < counts.mean() < 170


@pytest.mark.parametrize(
    "name",
    [
        "var",
        "sum_var",
        "avg_var",
        "avg_var_exp_weight",
        "max_var",
        "spike_count",
        "first_spike_time",
    ],
)
@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_readouts(name: str, backend: str) -> None:
    with Network() as network:
        source = Population(BinarySpikeInput(), 1)
        target = Population(IntegrateFire(v_thresh=[1e9, 2.5], readout=name), 2)
        Connection(source, target, Dense(np.array([[0.5, 1.0]])))
    compiled = InferenceCompiler(10, backend=backend).compile(network)
    found = compiled.predict({source: np.ones((1, 1))}, target)[0][target][0]
    v = np.arange(10) * 0.5  # a spike of step 0 arrives in step 1
    expected = {
        "var": v[-1],
        "sum_var": v.sum(),
        "avg_var": v.mean(),
        "avg_var_exp_weight": (v * np.exp(-np.arange(10) / 10)).sum() / 10,
        "max_var": v.max(),
        "spike_count": 0,
        "first_spike_time": np.finfo(np.float32).min,
    }
    assert found[0] == pytest.approx(expected[name], rel=1e-5)
    if name in ("spike_count", "first_spike_time"):
        assert found[1] == {"spike_count": 3, "first_spike_time": -3.0}[name]


def test_batches_from_an_iterator(small: Any, trainable: Any) -> None:
    expected, _ = trainable.evaluate(*small.data)
    batches = ((small.x[i : i + 5], small.y[i : i + 5]) for i in range(0, 24, 5))
    metrics, _ = trainable.evaluate_batch_iter(small.inputs, small.output, batches)
    assert metrics[small.output].result == pytest.approx(expected[small.output].result)


def test_batches_are_one_run_with_its_recorders_and_metrics(small: Any, trainable: Any) -> None:
    class Log(Callback):
        def __init__(self) -> None:
            self.told: list = []

        def set_params(self, **params: Any) -> None:
            self.told.append(params["num_batches"])

        def on_test_begin(self) -> None:
            self.told.append("begin")

        def on_batch_end(self, batch: int, metrics: Any) -> None:
            self.told.append((batch, metrics[small.output].result))

        def on_test_end(self, metrics: Any) -> None:
            self.told.append("end")

    batches = [(small.x[i : i + 5], small.y[i : i + 5]) for i in range(0, 24, 5)]
    found = {}
    for metric in ("sparse_categorical_accuracy", TopTwo()):
        log, recorder = Log(), SpikeRecorder(small.hidden, key="spikes", example_filter=[3, 11])
        metrics, data = trainable.evaluate_batch_iter(
            small.inputs, small.output, batches, 4, metric, [log, recorder]
        )
        assert log.told[:2] == [4, "begin"] and log.told[-1] == "end"
        assert [batch for batch, _ in log.told[2:-1]] == [0, 1, 2, 3]
        assert log.told[-2][1] == metrics[small.output].result
        assert len(data["spikes"][0]) == 2
        steps, _ = trainable.trace({small.inputs: small.x}, 11).spikes[small.hidden]
        np.testing.assert_array_equal(data["spikes"][0][1], steps)
        first, _ = trainable.evaluate(
            {small.inputs: small.x[:20]}, {small.output: small.y[:20]}, metric
        )
        assert metrics[small.output].result == pytest.approx(first[small.output].result)
        found[type(metrics[small.output])] = metrics[small.output].result
    assert found[TopTwo] >= found[SparseCategoricalAccuracy]


def test_batches_of_several_inputs_and_outputs() -> None:
    with Network() as network:
        sources = [Population(SpikeInput(), 12, name=f"in{k}") for k in range(2)]
        targets = [
            Population(IntegrateFire(readout="spike_count"), 3, name=f"out{k}") for k in range(2)
        ]
        for source, target in zip(sources, targets):
            Connection(source, target, Dense(Normal(0.3, 0.4)))
    compiled = InferenceCompiler(20, batch_size=4).compile(network)
    data = [random_spikes(10, 12, seed) for seed in range(2)]
    labels = [np.random.default_rng(seed).integers(0, 3, 10) for seed in range(2)]
    x, y = dict(zip(sources, data)), dict(zip(targets, labels))
    expected, _ = compiled.evaluate(x, y)
    batches = (
        ([d[i : i + 3] for d in data], [label[i : i + 3] for label in labels])
        for i in range(0, 10, 3)
    )
    found, _ = compiled.evaluate_batch_iter(sources, targets, batches)
    for target in targets:
        assert found[target].result == pytest.approx(expected[target].result)
    with pytest.raises(RuntimeError, match="numbers of examples differ"):
        compiled.evaluate_batch_iter(sources[0], targets, [(data[0], [labels[0], labels[1][:5]])])
    one, _ = compiled.evaluate_batch(x, y)
    assert one[targets[0]].result == expected[targets[0]].result


def test_an_iterator_that_fails_shows_its_own_error(small: Any, trainable: Any) -> None:
    def batches() -> Any:
        yield small.x[:5], small.y[:5]
        raise KeyError("no more")

    with pytest.raises(KeyError, match="no more"):
        trainable.evaluate_batch_iter(small.inputs, small.output, batches())
    assert trainable.evaluate(*small.data)[0][small.output].result is not None


def test_explanation(small: Any, trainable: Any) -> None:
    assert "backend cpu, 2 threads" in trainable.explain()


def test_losses_by_output(small: Any) -> None:
    for key in (small.output, small.output.population(), "output"):
        compiler = EventPropCompiler(20, {key: "sparse_categorical_crossentropy"})
        assert compiler.compile(small.network).loss(*small.data) > 0
    with pytest.raises(ModelError, match="output population 'output' has no loss"):
        EventPropCompiler(20, {}).compile(small.network)


def test_metrics_that_do_not_go_with_the_labels(small: Any, trainable: Any) -> None:
    x, y = small.data
    with pytest.raises(ModelError, match="there is none for the labels of '.+'; give one metric"):
        trainable.train(x, y, 1, metrics={})
    wrong = {**dict.fromkeys(y, "mean_square_error"), "out": "mean_square_error"}
    with pytest.raises(ModelError, match="no labels for 'out', which has a metric"):
        trainable.train(x, y, 1, metrics=wrong)
