"""Training with surrogate gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saltus
from conftest import Small, small_network
from saltus import surrogates as s
from saltus.compilers import EventPropCompiler, SurrogateCompiler
from saltus.errors import ModelError
from saltus.optimisers import Adam

ALL = [
    s.Arctan(3.0),
    s.Boxcar(1.5),
    s.FastSigmoid(10.0),
    s.MultiGaussian(0.4, 0.2, 5.0),
    s.Sigmoid(3.0),
    s.SuperSpike(8.0),
    s.Triangle(0.5, 1.2),
    s.UserSurrogate("exp(-2 * abs(x))"),
]


def compile_with(small: Small, surrogate: Any, **arguments: Any) -> Any:
    compiler = SurrogateCompiler(
        20, "sparse_categorical_crossentropy", Adam(0.01), surrogate, batch_size=8, **arguments
    )
    return compiler.compile(small.network)


@pytest.mark.parametrize("surrogate", ALL, ids=lambda each: type(each).__name__)
def test_training_and_saving(surrogate: Any, tmp_path: Path) -> None:
    small = small_network()
    compiled = compile_with(small, surrogate, detach_reset=False)
    before = compiled.loss(*small.data)
    compiled.train(*small.data, num_epochs=10, callbacks=())
    assert compiled.loss(*small.data) < before - 0.005
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    assert repr(model.compiler.surrogate) == repr(surrogate)
    assert model.compiler.detach_reset is False
    again = model.compiler.compile(model.network)
    x, y = small.data
    named = ({"input": x[small.inputs]}, {"output": y[small.output]})
    for name, gradient in compiled.gradients(x, y).items():
        np.testing.assert_array_equal(again.gradients(*named)[name.name], gradient)


@pytest.mark.parametrize("compiler", [EventPropCompiler, SurrogateCompiler])
def test_losses_of_every_timestep(small: Small, compiler: Any, tmp_path: Path) -> None:
    compiled = compiler(
        20, "sparse_categorical_crossentropy", per_timestep_loss=True, batch_size=8
    ).compile(small.network)
    x, y = small.data
    expected = []
    for example, label in enumerate(small.y):
        v = compiled.trace(x, example).states["output.v"]
        expected.append(np.log(np.exp(v).sum(axis=1)) - v[:, label])
    assert compiled.loss(x, y) == pytest.approx(np.mean(expected), rel=1e-5)
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    again = model.compiler.compile(model.network)
    assert again.loss({"input": x[small.inputs]}, {"output": small.y}) == compiled.loss(x, y)


def test_backends_agree(small: Small) -> None:
    expected = compile_with(small, "arctan", backend="reference64").gradients(*small.data)
    found = compile_with(small, "arctan").gradients(*small.data)
    for connection, gradient in expected.items():
        largest = np.abs(gradient).max()
        np.testing.assert_allclose(found[connection], gradient, atol=1e-4 * largest)


def test_mistakes(small: Small) -> None:
    with pytest.raises(ModelError, match="no surrogate 'arctn'; did you mean 'arctan'"):
        compile_with(small, "arctn")
    with pytest.raises(ModelError, match="width is 0; give a positive number"):
        s.Boxcar(0.0)
    with pytest.raises(ModelError, match="'y'"):
        s.UserSurrogate("x + y")
    with pytest.raises(NotImplementedError, match="none by delays"):
        compile_with(small, "boxcar").delay_gradients(*small.data)
    assert s.UserSurrogate("exp(-x * x)").derivative == "exp(-x * x)"
