"""Objects that go in any order, and several threads."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import threading
import time
import weakref
from typing import Any

import numpy as np
import pytest

from conftest import compile_small, small_network


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
def test_objects_go_in_any_order(order: tuple) -> None:
    small = small_network()
    compiled = compile_small(small)
    weights = compiled.weights(small.hidden)
    copy = weights.copy()
    held = [small.network, small.hidden.population(), compiled, small]
    del small, compiled
    for index in order:
        held[index] = None
        gc.collect()
    # Arrays outlive the networks that they come from.
    np.testing.assert_array_equal(weights, copy)


def test_a_compiled_network_needs_nothing_else() -> None:
    small = small_network()
    compiled = compile_small(small)
    x, y = {"input": small.x}, {"output": small.y}
    del small
    gc.collect()
    assert compiled.loss(x, y) > 0 and compiled.summary()


def test_populations_outlive_their_network() -> None:
    population = small_network().hidden.population()
    gc.collect()
    assert population.shape == (8,) and population.name == "hidden"


def test_networks_go_when_nobody_holds_them() -> None:
    small = small_network()
    compiled = compile_small(small)
    compiled.train(*small.data, 1)
    gone = weakref.ref(small.network), weakref.ref(compiled)
    del small, compiled
    gc.collect()
    assert [reference() for reference in gone] == [None, None]


def test_two_threads_train_two_networks() -> None:
    expected = []
    for seed in (0, 1):
        small = small_network(seed=seed)
        compiled = compile_small(small, threads=1)
        compiled.train(*small.data, 30)
        expected.append(compiled.weights(small.hidden))
    found: Any = [None, None]

    def train(seed: int) -> None:
        small = small_network(seed=seed)
        compiled = compile_small(small, threads=2)
        compiled.train(*small.data, 30)
        found[seed] = compiled.weights(small.hidden)

    threads = [threading.Thread(target=train, args=(seed,)) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(found, expected)


def test_threads_wait_for_each_other_at_one_network() -> None:
    small = small_network()
    compiled = compile_small(small)
    expected = compiled.loss(*small.data)
    losses = []

    def evaluate() -> None:
        for _ in range(20):
            losses.append(compiled.loss(*small.data))

    threads = [threading.Thread(target=evaluate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert losses == [expected] * 60


def test_other_threads_go_on_while_the_engine_runs() -> None:
    small = small_network(examples=400)
    compiled = compile_small(small, batch_size=400, backend="reference")
    done = threading.Event()
    thread = threading.Thread(target=lambda: (compiled.train(*small.data, 2), done.set()))
    thread.start()
    ticks = 0
    while not done.is_set():
        time.sleep(0.001)
        ticks += 1
    thread.join()
    assert ticks > 3


def _trained_weights(small: Any, compiled: Any) -> np.ndarray:
    compiled.train(*small.data, 2, callbacks=())
    return compiled.weights(small.hidden)


def test_forked_processes_go_on() -> None:
    """Networks of before the fork, and new ones, in a process that has lost the threads."""
    small = small_network()
    compiled = compile_small(small, threads=2)
    compiled.train(*small.data, 1, callbacks=())
    state = compiled.training_state()
    expected = _trained_weights(small, compiled)
    compiled.restore(state)

    def child(pipe: Any) -> None:
        pipe.send(_trained_weights(small, compiled))
        new = compile_small(small, threads=2)
        new.restore(state)
        pipe.send(_trained_weights(small, new))

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(theirs,))
    process.start()
    try:
        for _ in range(2):
            assert ours.poll(60), "the forked process does not answer"
            np.testing.assert_array_equal(ours.recv(), expected)
        process.join(60)
        assert process.exitcode == 0
    finally:
        process.kill()
    np.testing.assert_array_equal(_trained_weights(small, compiled), expected)
