"""Parameters of neurons and synapses that training changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saltus
from conftest import Small, small_network
from saltus import Trainable
from saltus.compilers import EventPropCompiler, InferenceCompiler, SurrogateCompiler
from saltus.errors import ArgumentTypeError, ModelError
from saltus.initializers import Uniform
from saltus.neurons import UserNeuron
from saltus.optimisers import SGD, Adam

LOSS = "sparse_categorical_crossentropy"


def marked_network() -> Small:
    small = small_network()
    hidden = small.hidden.population()
    hidden.neuron.tau_mem = Trainable(Uniform(15.0, 25.0), lower=5.0)
    hidden.neuron.v_thresh = Trainable(1.0, lower=0.5, upper=2.0)
    small.output.connection().synapse.tau = Trainable(5.0, per_neuron=True)
    return small


def test_training_moves_them() -> None:
    small = marked_network()
    compiled = EventPropCompiler(20, LOSS, Adam(0.05), batch_size=8).compile(small.network)
    before = compiled.parameters()
    name = small.output.connection().name
    assert {key: value.shape for key, value in before.items()} == {
        "hidden.tau_mem": (8,),
        "hidden.v_thresh": (),
        f"{name}.tau": (3,),
    }
    gradients = compiled.gradients(*small.data)
    assert gradients["hidden.v_thresh"].shape == ()
    assert gradients[small.hidden].shape == (12, 8)
    loss = compiled.loss(*small.data)
    compiled.train(*small.data, num_epochs=10, callbacks=())
    assert compiled.loss(*small.data) < loss
    for key, value in compiled.parameters().items():
        assert (value != before[key]).all()


@pytest.mark.parametrize("compiler", [EventPropCompiler, SurrogateCompiler])
def test_saving(compiler: Any, tmp_path: Path) -> None:
    small = marked_network()
    optimisers = {"*": SGD(0.1), "hidden.tau_mem": Adam(0.2)}
    compiled = compiler(20, LOSS, Adam(0.05), batch_size=8, parameter_optimisers=optimisers)
    compiled = compiled.compile(small.network)
    compiled.train(*small.data, num_epochs=2, callbacks=())
    trained = compiled.parameters()
    expected = compiled.predict(*small.data[:1], callbacks=())[0][small.output.population()]

    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    loaded = model.compiler.parameter_optimisers
    assert {name: repr(each) for name, each in loaded.items()} == {
        name: repr(each) for name, each in optimisers.items()
    }
    again = model.compiler.compile(model.network)
    for key, value in again.parameters().items():
        np.testing.assert_array_equal(value, trained[key])
    tested = InferenceCompiler(20).compile(model.network)
    x = {"input": small.x}
    np.testing.assert_allclose(tested.predict(x, callbacks=())[0]["output"], expected, rtol=1e-5)

    serialiser = saltus.serialisers.Numpy(str(tmp_path / "weights"))
    compiled.save(("best",), serialiser)
    assert (tmp_path / "weights" / "best-hidden-tau_mem.npy").exists()
    fresh = marked_network()
    fresh.network.load(("best",), serialiser)
    tau_mem = fresh.hidden.population().neuron.tau_mem
    assert isinstance(tau_mem, Trainable) and tau_mem.lower == 5.0
    tested = InferenceCompiler(20).compile(fresh.network)
    for key, value in tested.parameters().items():
        np.testing.assert_array_equal(value, trained[key])


def test_checkpoints(tmp_path: Path) -> None:
    def compiled() -> Any:
        return EventPropCompiler(20, LOSS, Adam(0.05), batch_size=8).compile(
            marked_network().network
        )

    data = ({"input": small_network().x}, {"output": small_network().y})
    whole = compiled()
    whole.train(*data, num_epochs=4, callbacks=())
    first = compiled()
    first.train(*data, num_epochs=2, callbacks=())
    first.save_checkpoint(tmp_path / "checkpoint.h5")
    second = compiled()
    second.load_checkpoint(tmp_path / "checkpoint.h5")
    second.train(*data, num_epochs=2, start_epoch=2, callbacks=())
    for key, value in whole.parameters().items():
        np.testing.assert_array_equal(second.parameters()[key], value)


def test_neurons_of_your_own() -> None:
    small = small_network()
    neuron = UserNeuron(
        ["dv/dt = (i - v) / tau"],
        {"tau": (Trainable(20.0, lower=2.0), "ms"), "theta": Trainable(1.0)},
        {"v": 0.0},
        threshold="v >= theta",
        reset=["v = 0"],
    )
    small.hidden.population().neuron = neuron
    compiled = EventPropCompiler(20, LOSS, Adam(0.05), batch_size=8).compile(small.network)
    compiled.train(*small.data, num_epochs=1, callbacks=())
    assert compiled.parameters()["hidden.tau"] != 20.0
    assert compiled.parameters()["hidden.theta"] != 1.0


def test_mistakes() -> None:
    with pytest.raises(ModelError, match="lower is 2 and upper is 1"):
        Trainable(1.0, lower=2.0, upper=1.0)
    with pytest.raises(ModelError, match="its value is one, too"):
        Trainable(Trainable(1.0))
    with pytest.raises(ArgumentTypeError, match="parameter_optimisers has the key 3"):
        EventPropCompiler(20, LOSS, parameter_optimisers={3: "adam"})
    small = marked_network()
    compiled = EventPropCompiler(20, LOSS).compile(small.network)
    with pytest.raises(ModelError, match="did you mean 'hidden.tau_mem'"):
        compiled.set_parameter("hidden.tau_men", 1.0)
    with pytest.raises(ModelError, match="it is to be 3, but lies between 0.5 and 2"):
        compiled.set_parameter("hidden.v_thresh", 3.0)
    small.hidden.connection().connectivity.weight = Trainable(1.0)
    with pytest.raises(ModelError, match="weights are trained in any case"):
        EventPropCompiler(20, LOSS).compile(small.network)
    small = small_network()
    small.hidden.population().neuron.v = Trainable(0.1)
    with pytest.raises(ModelError, match="the initial value of v is marked as trainable"):
        EventPropCompiler(20, LOSS).compile(small.network)
