"""Training with e-prop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saltus
from conftest import Small, small_network
from saltus import surrogates as s
from saltus.compilers import EPropCompiler, SurrogateCompiler
from saltus.errors import ModelError, UnsupportedError
from saltus.optimisers import Adam


def compile_with(small: Small, **arguments: Any) -> Any:
    compiler = EPropCompiler(
        20, "sparse_categorical_crossentropy", Adam(0.01), batch_size=8, **arguments
    )
    return compiler.compile(small.network)


@pytest.mark.parametrize("feedback", ["symmetric", "random", "adaptive"])
@pytest.mark.parametrize("surrogate", [None, s.Boxcar(1.0)])
def test_training_and_saving(feedback: str, surrogate: Any, tmp_path: Path) -> None:
    small = small_network()
    arguments = {"feedback": feedback, "surrogate": surrogate, "c_reg": 0.01, "tau_reg": 50.0}
    compiled = compile_with(small, f_target=20.0, feedback_scale=0.5, **arguments)
    before = compiled.loss(*small.data)
    compiled.train(*small.data, num_epochs=10, callbacks=())
    assert compiled.loss(*small.data) < before - 0.005
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    loaded = model.compiler
    assert isinstance(loaded, EPropCompiler)
    for name in ("feedback", "c_reg", "tau_reg", "f_target", "feedback_scale", "feedback_decay"):
        assert getattr(loaded, name) == getattr(compiled.compiler, name)
    assert repr(loaded.surrogate) == repr(surrogate)
    again = loaded.compile(model.network)
    x, y = small.data
    assert again.loss({"input": x[small.inputs]}, {"output": small.y}) == compiled.loss(x, y)


def test_without_recurrence_it_is_back_propagation(small: Small) -> None:
    """Feed-forward, one hidden layer, every reset detached: nothing is left out."""
    psi = s.Triangle(0.3, 1.0)
    loss = "sparse_categorical_crossentropy"
    e_prop = compile_with(
        small, surrogate=psi, c_reg=0.0, train_output_bias=False, backend="reference64"
    )
    whole = SurrogateCompiler(
        20, loss, surrogate=psi, per_timestep_loss=True, batch_size=8, backend="reference64"
    ).compile(small.network)
    expected = whole.gradients(*small.data)
    for connection, gradient in e_prop.gradients(*small.data).items():
        np.testing.assert_allclose(gradient, expected[connection], rtol=1e-12, atol=1e-15)


def test_interrupted_training_goes_on_with_adaptive_feedback(tmp_path: Path) -> None:
    small = small_network()
    whole = compile_with(small, feedback="adaptive", feedback_decay=0.2)
    whole.train(*small.data, num_epochs=4, callbacks=())
    first = compile_with(small, feedback="adaptive", feedback_decay=0.2)
    checkpoint = saltus.callbacks.TrainingCheckpoint(tmp_path / "checkpoint.h5")
    first.train(*small.data, num_epochs=2, callbacks=[checkpoint])
    second = compile_with(small, feedback="adaptive", feedback_decay=0.2)
    assert second.load_checkpoint(tmp_path / "checkpoint.h5") == 2
    second.train(*small.data, num_epochs=2, start_epoch=2, callbacks=())
    for connection in small.network.connections:
        np.testing.assert_array_equal(second.weights(connection), whole.weights(connection))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"tau_reg": 0.0}, "tau_reg is 0; give a positive time in ms"),
        ({"c_reg": -1.0}, "c_reg is -1; give a number of at least 0"),
        ({"f_target": float("nan")}, "f_target is nan"),
        ({"feedback": "symetric"}, "there is no feedback 'symetric'; did you mean 'symmetric'"),
        ({"feedback_scale": 0.0}, "feedback_scale is 0; give a positive number"),
        ({"feedback_decay": 2.0}, "feedback_decay is 2; give a fraction in"),
        ({"mlgenn_lags": True, "per_timestep_loss": False}, "needs a loss of every timestep"),
    ],
)
def test_mistakes(arguments: Any, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        EPropCompiler(20, "sparse_categorical_crossentropy", **arguments)


def test_arguments_that_come_later() -> None:
    with pytest.raises(UnsupportedError, match="comes later"):
        EPropCompiler(20, "sparse_categorical_crossentropy", communicator=object())


def test_biases_of_outputs_are_trained_and_saved(tmp_path: Path) -> None:
    small = small_network()
    compiled = compile_with(small)
    assert list(compiled.parameters()) == ["output.bias"]
    compiled.train(*small.data, num_epochs=3, callbacks=())
    bias = compiled.parameters()["output.bias"]
    assert bias.shape == (3,) and (bias != 0.0).all()
    serialiser = saltus.serialisers.Numpy(str(tmp_path))
    compiled.save((), serialiser)
    assert (tmp_path / "output-Bias.npy").exists()
    small.network.load((), serialiser)
    np.testing.assert_array_equal(small.output.population().neuron.bias, bias)
    assert "output.bias" not in compile_with(small, train_output_bias=False).parameters()
