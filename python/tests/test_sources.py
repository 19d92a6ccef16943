"""Datasets of other libraries, as fakes that offer what those offer."""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np
import pytest

from conftest import compile_small, random_spikes, small_network
from saltus import Connection, Network, Population
from saltus.compilers import InferenceCompiler
from saltus.connectivity import Dense
from saltus.errors import ModelError
from saltus.neurons import IntegrateFire, PoissonInput, SpikeInput
from saltus.utils.data import preprocess_tonic_spikes

EVENT = np.dtype([("x", np.int16), ("y", np.int16), ("t", np.int64), ("p", bool)])


class Tensor:
    """What matters of a PyTorch tensor: it belongs to a graph, and to another device."""

    def __init__(self, values: Any, attached: bool = True) -> None:
        self.values = np.asarray(values)
        self.attached = attached

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        return (Tensor(value) for value in self.values)

    def detach(self) -> "Tensor":
        return Tensor(self.values, False)

    def cpu(self) -> "Tensor":
        return Tensor(self.values, self.attached)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if self.attached:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.values if dtype is None else self.values.astype(dtype)


class Pairs:
    """A dataset as Tonic and PyTorch have them: no iterator, no IndexError."""

    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: int) -> Any:
        return self.x[index % len(self.x)], int(self.y[index % len(self.y)])


class Events(Pairs):
    """A Tonic dataset."""

    sensor_size = (4, 3, 2)
    ordering = EVENT.names


class Loader:
    """A DataLoader. It gives its examples in another order each time."""

    def __init__(self, dataset: Any, batch_size: int, collate: Any) -> None:
        self.dataset, self.batch_size, self.collate = dataset, batch_size, collate
        self.passes = 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        order = np.random.default_rng(self.passes).permutation(len(self.dataset))
        for first in range(0, len(order), self.batch_size):
            items = [self.dataset[i] for i in order[first : first + self.batch_size]]
            yield self.collate(items)


def as_lists(items: list) -> Any:
    return [x for x, _ in items], Tensor([y for _, y in items])


def as_tensors(items: list) -> Any:
    return [Tensor([x for x, _ in items]), Tensor([y for _, y in items])]


def random_events(examples: int) -> list:
    random = np.random.default_rng(0)
    made = []
    for _ in range(examples):
        events = np.zeros(20, EVENT)
        events["x"], events["y"] = random.integers(0, 4, 20), random.integers(0, 3, 20)
        events["t"], events["p"] = random.integers(0, 15000, 20), random.integers(0, 2, 20)
        made.append(events)
    return made


def event_network(shape: Any) -> Any:
    with Network() as network:
        source = Population(SpikeInput(), shape)
        target = Population(IntegrateFire(readout="spike_count"), 3)
        Connection(source, target, Dense("normal"))
    return source, target, InferenceCompiler(20, batch_size=4).compile(network)


@pytest.mark.parametrize("shape", [(3, 4, 2), 24])
def test_a_tonic_dataset(shape: Any) -> None:
    source, target, compiled = event_network(shape)
    events, labels = random_events(9), np.arange(9) % 3
    spikes = [preprocess_tonic_spikes(e, EVENT.names, (4, 3, 2)) for e in events]
    expected, _ = compiled.predict({source: spikes}, target)
    dataset = Events(events, labels)
    found, _ = compiled.predict({source: dataset}, target)
    np.testing.assert_array_equal(found[target], expected[target])
    wanted, _ = compiled.evaluate({source: spikes}, {target: labels})
    metrics, _ = compiled.evaluate({source: dataset}, {target: dataset})
    assert metrics[target].result == wanted[target].result
    if shape != 24:
        found, _ = compiled.predict({source: events}, target)
        np.testing.assert_array_equal(found[target], expected[target])


def test_events_need_a_sensor() -> None:
    source, target, compiled = event_network(24)
    with pytest.raises(ModelError, match=r"examples are events, but it has shape \(24,\); give it"):
        compiled.predict({source: random_events(2)}, target)


def test_training_with_a_loader_reads_it_once() -> None:
    small = small_network()
    loader = Loader(Pairs(small.x, small.y), 5, as_lists)
    compiled = compile_small(small)
    metrics, _ = compiled.train({small.inputs: loader}, {small.output: loader}, 2, shuffle=False)
    assert loader.passes == 1
    order = np.random.default_rng(1).permutation(24)
    expected = compile_small(small)
    x, y = {small.inputs: [small.x[i] for i in order]}, {small.output: small.y[order]}
    wanted, _ = expected.train(x, y, 2, shuffle=False)
    assert metrics.loss == wanted.loss
    np.testing.assert_array_equal(compiled.weights(small.hidden), expected.weights(small.hidden))


def test_pytorch_datasets_and_loaders_of_values() -> None:
    with Network() as network:
        source = Population(PoissonInput(), (2, 3))
        target = Population(IntegrateFire(readout="spike_count"), 3)
        Connection(source, target, Dense("normal"))
    compiled = InferenceCompiler(20, batch_size=4).compile(network)
    values = np.random.default_rng(0).uniform(0, 1, (10, 2, 3)).astype(np.float32)
    labels = np.arange(10) % 3
    expected, _ = compiled.predict({source: values}, target)
    for given in (
        Tensor(values),
        Pairs(values, labels),
        Pairs([Tensor(v) for v in values], labels),
        Loader(values, 10, lambda items: Tensor(items)),
        iter(values),
        (v for v in values),
        ((v, 0) for v in values),
    ):
        found, _ = compiled.predict({source: given}, target)
        if isinstance(given, Loader):
            order = np.random.default_rng(1).permutation(10)
            wanted, _ = compiled.predict({source: values[order]}, target)
            np.testing.assert_array_equal(found[target], wanted[target])
        else:
            np.testing.assert_array_equal(found[target], expected[target])
    wanted, _ = compiled.evaluate({source: values}, {target: labels})
    for pairs in (
        Pairs(values, labels),
        zip(values, labels),
        iter([(Tensor(v), Tensor(l)) for v, l in zip(values, labels)]),
    ):
        metrics, _ = compiled.evaluate({source: pairs}, {target: pairs})
        assert metrics[target].result == wanted[target].result
    loader = Loader(Pairs(values, labels), 4, as_tensors)
    metrics, _ = compiled.evaluate_batch_iter(source, target, loader)
    assert 0 <= metrics[target].result <= 1


def test_iterators_of_spikes_and_of_labels_alone() -> None:
    small = small_network()
    compiled = compile_small(small)
    expected = compiled.loss(*small.data)
    x, y = {small.inputs: iter(small.x)}, {small.output: iter(small.y.tolist())}
    assert compiled.loss(x, y) == expected
    assert (
        compiled.loss({small.inputs: Pairs(small.x, small.y)}, {small.output: small.y}) == expected
    )
    assert (
        compiled.loss({small.inputs: small.x}, {small.output: Pairs(small.x, small.y)}) == expected
    )


def test_a_dataset_for_several_inputs() -> None:
    with Network() as network:
        first, second = Population(SpikeInput(), 5), Population(SpikeInput(), 6)
        target = Population(IntegrateFire(readout="spike_count"), 3)
        Connection(first, target, Dense("normal"))
        Connection(second, target, Dense("normal"))
    compiled = InferenceCompiler(20).compile(network)
    x1, x2, y = random_spikes(4, 5), random_spikes(4, 6, 1), np.arange(4) % 3
    expected, _ = compiled.evaluate({first: x1, second: x2}, {target: y})
    pairs = Pairs(list(zip(x1, x2)), y)
    found, _ = compiled.evaluate({first: pairs, second: pairs}, {target: pairs})
    assert found[target].result == expected[target].result
    wrong = Pairs(x1, y)
    with pytest.raises(ModelError, match="Pairs, item 0] it has no 2 parts, but 3|no 2 parts"):
        third = Pairs([(x, x, x) for x in x1], y)
        compiled.evaluate({first: third, second: third}, {target: third})
    with pytest.raises(ModelError):
        compiled.evaluate({first: wrong, second: wrong}, {target: wrong})


def test_what_a_dataset_lacks_is_named() -> None:
    small = small_network()
    compiled = compile_small(small)
    numbers = iter(range(3))
    with pytest.raises(TypeError, match=r"item 0\] it is a int; give pairs of \(input, label\)"):
        compiled.evaluate({small.inputs: numbers}, {small.output: numbers})
    with pytest.raises(ModelError, match="numbers of examples differ"):
        compiled.evaluate({small.inputs: iter(small.x[:3])}, {small.output: small.y})
