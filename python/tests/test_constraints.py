"""What weights keep to while they are trained."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from conftest import small_network
from saltus import load_model
from saltus.compilers import EPropCompiler, EventPropCompiler, SurrogateCompiler
from saltus.constraints import KeepSign, MaxNorm, WeightBounds, WeightConstraint
from saltus.errors import ArgumentTypeError, ModelError
from saltus.optimisers import Adam

LOSS = "sparse_categorical_crossentropy"
COMPILERS = [EventPropCompiler, SurrogateCompiler, EPropCompiler]


def compile_with(compiler: type, small: Any, constraints: Any) -> Any:
    made = compiler(20, LOSS, Adam(0.05), batch_size=8, weight_constraints=constraints)
    return made.compile(small.network)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_weights_keep_to_their_constraints(compiler: type) -> None:
    small = small_network()
    both = [KeepSign(), WeightBounds(-0.3, 0.9)]
    compiled = compile_with(compiler, small, {small.hidden: both, small.output: MaxNorm(0.5)})
    hidden, output = small.network.connections
    before = compiled.weights(hidden)
    assert before.min() == pytest.approx(-0.3) and before.max() == pytest.approx(0.9)
    compiled.train(*small.data, 6, callbacks=())
    after = compiled.weights(hidden)
    assert not np.array_equal(before, after)
    assert np.array_equal(np.signbit(before), np.signbit(after))
    assert after.min() >= -0.3 and after.max() <= 0.9
    norms = np.linalg.norm(compiled.weights(output), axis=0)
    assert norms.max() == pytest.approx(0.5)


def test_the_norm_of_a_connection() -> None:
    small = small_network()
    compiled = compile_with(
        EventPropCompiler, small, {small.output.connection(): MaxNorm(0.5, of="connection")}
    )
    compiled.train(*small.data, 3, callbacks=())
    assert np.linalg.norm(compiled.weights(small.output)) == pytest.approx(0.5)


def test_connections_by_name_and_one_sided_bounds() -> None:
    small = small_network()
    name = small.hidden.connection().name
    compiled = compile_with(EventPropCompiler, small, {name: WeightBounds(lower=0.25)})
    compiled.train(*small.data, 3, callbacks=())
    weights = compiled.weights(small.hidden)
    assert weights.min() >= 0.25 and weights.max() > 1.0


@pytest.mark.parametrize("compiler", COMPILERS)
def test_models_and_states_know_them(compiler: type, tmp_path: Any) -> None:
    small = small_network()
    constraints = {
        small.hidden: [WeightBounds(None, 0.9), KeepSign()],
        small.output: MaxNorm(0.5, "connection"),
    }
    whole = compile_with(compiler, small, constraints)
    whole.train(*small.data, 4, callbacks=())
    first = compile_with(compiler, small, constraints)
    first.train(*small.data, 2, callbacks=())
    state = pickle.loads(pickle.dumps(first.training_state()))
    second = compile_with(compiler, small, constraints)
    second.train(*small.data, 2, start_epoch=second.restore(state), callbacks=())
    for connection in small.network.connections:
        found = second.weights(connection)
        assert np.array_equal(found, whole.weights(connection))
        assert np.array_equal(np.signbit(found), np.signbit(whole.weights(connection)))
    first.save_model(tmp_path / "model.h5")
    model = load_model(tmp_path / "model.h5")
    loaded = model.compiler.weight_constraints
    again = model.compiler.compile(model.network)
    for connection in small.network.connections:
        found, expected = again.weights(connection.name), first.weights(connection)
        assert np.array_equal(found, expected)
        assert np.array_equal(np.signbit(found), np.signbit(expected))
    hidden, output = (connection.name for connection in small.network.connections)
    assert repr(loaded) == repr(
        {
            hidden: [WeightBounds(None, 0.9), KeepSign()],
            output: [MaxNorm(0.5, "connection")],
        }
    )


def test_constraints_are_copied_and_shown() -> None:
    for made in (WeightBounds(-1.0), KeepSign(), MaxNorm(3.0, "connection")):
        assert repr(copy.deepcopy(made)) == repr(pickle.loads(pickle.dumps(made))) == repr(made)
        assert repr(eval(repr(made))) == repr(made)  # pylint: disable=eval-used


def test_mistakes_are_refused() -> None:
    small = small_network()
    with pytest.raises(ModelError, match="the lower bound 1 is above the upper bound -1"):
        WeightBounds(1.0, -1.0)
    with pytest.raises(ModelError, match="weights are to lie between nan and inf"):
        WeightBounds(float("nan"))
    with pytest.raises(ModelError, match="max_norm is -1"):
        MaxNorm(-1.0)
    with pytest.raises(ModelError, match="the norm to bound is that of 'neurn'.*did you mean"):
        MaxNorm(1.0, "neurn")
    with pytest.raises(ArgumentTypeError, match="give a dictionary of constraints by connection"):
        EventPropCompiler(20, LOSS, weight_constraints=KeepSign())
    with pytest.raises(ArgumentTypeError, match="weight_constraints has 3 for 'hidden'"):
        EventPropCompiler(20, LOSS, weight_constraints={"hidden": 3})
    with pytest.raises(ArgumentTypeError, match="give WeightBounds, KeepSign or MaxNorm"):
        EventPropCompiler(20, LOSS, weight_constraints={"hidden": WeightConstraint()})
    with pytest.raises(ModelError, match="has KeepSign for 'hidden' more than once"):
        EventPropCompiler(20, LOSS, weight_constraints={"hidden": [KeepSign(), KeepSign()]})
    with pytest.raises(ModelError, match="cannot be scaled down to max_norm 1"):
        EventPropCompiler(
            20, LOSS, weight_constraints={"hidden": [WeightBounds(0.5), MaxNorm(1.0)]}
        )
    with pytest.raises(ModelError, match="there is no connection 'hiden'|no connection"):
        compile_with(EventPropCompiler, small, {"hiden": KeepSign()})
