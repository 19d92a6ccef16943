"""Optimisers, bounds of gradients and schedules."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import numpy as np
import pytest

from conftest import compile_small, small_network
from saltus import load_model
from saltus.compilers import EventPropCompiler, SurrogateCompiler
from saltus.errors import ModelError
from saltus.optimisers import SGD, Adam, AdamW
from saltus.schedules import (
    CosineSchedule,
    ExponentialSchedule,
    Plateau,
    Schedule,
    StepSchedule,
    WarmUp,
)

OPTIMISERS = [Adam(0.01), AdamW(0.01), SGD(0.1), SGD(0.1, 0.9, True, 0.01)]


def compile_with(optimiser: Any, compiler: type = EventPropCompiler, **arguments: Any) -> Any:
    small = small_network()
    made = compiler(20, "sparse_categorical_crossentropy", optimiser, batch_size=8, **arguments)
    return small, made.compile(small.network)


def weights_of(small: Any, compiled: Any) -> np.ndarray:
    return np.concatenate([compiled.weights(each).ravel() for each in small.network.connections])


@pytest.mark.parametrize("compiler", [EventPropCompiler, SurrogateCompiler])
@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_training_goes_on_from_states_of_every_optimiser(optimiser: Any, compiler: type) -> None:
    small, whole = compile_with(optimiser, compiler)
    whole.train(*small.data, 4, callbacks=())
    expected = weights_of(small, whole)
    small, first = compile_with(optimiser, compiler)
    first.train(*small.data, 2, callbacks=())
    state = pickle.loads(pickle.dumps(first.training_state()))
    small, second = compile_with(optimiser, compiler)
    epoch = second.restore(state)
    second.train(*small.data, 2, start_epoch=epoch, callbacks=())
    assert np.array_equal(weights_of(small, second), expected)


def test_gradient_descent_is_what_its_formula_says() -> None:
    small, compiled = compile_with(SGD(0.5, weight_decay=0.1), backend="reference64")
    x, y = ({small.inputs: small.x[:8]}, {small.output: small.y[:8]})
    connection = small.network.connections[0]
    before = compiled.weights(connection)
    gradient = compiled.gradients(x, y)[connection]
    compiled.train(x, y, 1, callbacks=())
    expected = before - 0.5 * (gradient + 0.1 * before)
    assert np.allclose(compiled.weights(connection), expected, rtol=0, atol=1e-14)


def test_clipped_gradients() -> None:
    small, compiled = compile_with(SGD(1.0), clip_norm=0.01, backend="reference64")
    x, y = ({small.inputs: small.x[:8]}, {small.output: small.y[:8]})
    before = weights_of(small, compiled)
    compiled.train(x, y, 1, callbacks=())
    assert np.linalg.norm(weights_of(small, compiled) - before) == pytest.approx(0.01)
    small, compiled = compile_with(SGD(1.0), clip_value=0.001, backend="reference64")
    x, y = ({small.inputs: small.x[:8]}, {small.output: small.y[:8]})
    before = weights_of(small, compiled)
    compiled.train(x, y, 1, callbacks=())
    assert np.abs(weights_of(small, compiled) - before).max() == pytest.approx(0.001)


def test_a_state_of_another_optimiser_is_refused() -> None:
    _, adam = compile_with("adam")
    small, descent = compile_with("sgd")
    before = weights_of(small, descent)
    with pytest.raises(ModelError, match="of the optimiser 'adam', and the network is trained"):
        descent.restore(adam.training_state())
    assert np.array_equal(weights_of(small, descent), before)


def test_states_of_before_there_were_other_optimisers() -> None:
    _, compiled = compile_with(Adam(0.01))
    state = compiled.training_state()
    del state["history"]
    state["optimiser"] = (0.5, 0.9, 0.999, 1e-8)
    compiled.restore(state)
    assert compiled.training_state()["optimiser"][1]["alpha"] == 0.5
    state["optimiser"] = "adam"
    with pytest.raises(ModelError, match="its optimiser is 'adam'"):
        compiled.restore(state)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: SGD(-1.0), "SGD.*alpha is -1"),
        (lambda: SGD(momentum=1.0), "momentum is 1"),
        (lambda: SGD(nesterov=True), "looks ahead along a momentum of 0"),
        (lambda: AdamW(weight_decay=-0.5), "AdamW.*weight_decay is -0.5"),
        (lambda: StepSchedule(0), "epochs"),
        (lambda: ExponentialSchedule(0.0), "factor is 0"),
        (lambda: CosineSchedule(-1.0), "last is -1"),
        (lambda: WarmUp(2, "cosin"), "there is no schedule 'cosin'; did you mean 'cosine'"),
        (lambda: Plateau(factor=float("inf")), "factor"),
        (lambda: EventPropCompiler(20, "mean_square_error", clip_norm=0.0), None),
    ],
)
def test_mistakes(make: Any, message: Any) -> None:
    if message is None:  # found when a network is compiled
        with pytest.raises(ModelError, match="clip_norm is 0"):
            make().compile(small_network().network)
        return
    with pytest.raises(ModelError, match=message):
        make()


def test_schedules_train_like_functions() -> None:
    def trained(schedule: Any) -> np.ndarray:
        small = small_network()
        compiled = compile_small(small)
        compiled.train(*small.data, 3, callbacks=(), schedule=schedule)
        return weights_of(small, compiled)

    assert np.array_equal(trained("cosine"), trained(CosineSchedule()))
    halves = trained(lambda done: 0.5 ** int(3 * done + 1e-9))
    assert np.array_equal(trained(StepSchedule(1, 0.5)), halves)
    assert not np.array_equal(halves, trained(None))
    assert isinstance(WarmUp(1, "cosine").then, Schedule)


def test_a_plateau_is_resumed_from_a_checkpoint(tmp_path: Any) -> None:
    schedule = Plateau("loss", factor=0.5, patience=1, min_delta=1e3)
    small = small_network()
    whole = compile_small(small)
    whole.train(*small.data, 4, callbacks=(), schedule=schedule)
    first = compile_small(small)
    first.train(*small.data, 3, callbacks=(), schedule=schedule)
    first.save_checkpoint(tmp_path / "c.h5")
    second = compile_small(small)
    epoch = second.load_checkpoint(tmp_path / "c.h5")
    second.train(*small.data, 1, start_epoch=epoch, callbacks=(), schedule=schedule)
    assert np.array_equal(weights_of(small, second), weights_of(small, whole))


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_models_keep_optimisers_and_bounds(optimiser: Any, tmp_path: Any) -> None:
    _, compiled = compile_with(optimiser, clip_norm=2.0, clip_value=0.5)
    compiled.save_model(tmp_path / "m.h5")
    compiler = load_model(tmp_path / "m.h5").compiler
    assert repr(compiler.optimiser) == repr(optimiser)
    assert (compiler.clip_norm, compiler.clip_value) == (2.0, 0.5)


def test_exploding_gradients_leave_the_weights() -> None:
    small = small_network()
    compiled = compile_small(small, fold_readouts=False)
    name = small.network.connections[1]
    # Finite slopes times such weights are too great; equal ones would cancel.
    compiled.set_weights(name, 1e30 * np.sign(compiled.weights(name)))
    before = weights_of(small, compiled)
    with pytest.raises(ModelError, match="batch 0 of epoch 0; the weights are those before"):
        compiled.train(*small.data, 1, callbacks=())
    assert np.array_equal(weights_of(small, compiled), before)


def test_a_silent_population_is_logged(caplog: Any) -> None:
    small = small_network()
    compiled = compile_small(small)
    name = small.network.connections[0]
    compiled.set_weights(name, np.full(compiled.weights(name).shape, 1e-3))
    with caplog.at_level(logging.WARNING, logger="saltus"):
        compiled.train(*small.data, 2, callbacks=())
    messages = [record.getMessage() for record in caplog.records if record.name == "saltus"]
    assert len(messages) == 1
    assert "population 'hidden' has not spiked in epoch 0" in messages[0]
