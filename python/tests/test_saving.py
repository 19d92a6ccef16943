"""Weights, checkpoints and models in files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

from conftest import Small, compile_small, random_spikes, small_network
from saltus import Connection, Network, Population
from saltus.callbacks import Checkpoint, TrainingCheckpoint
from saltus.compilers import InferenceCompiler
from saltus.connectivity import (
    AvgPoolDense2D,
    Conv2D,
    Dense,
    FixedNumberPost,
    FixedProbability,
    OneToOne,
    Sparse,
)
from saltus.errors import ModelError, RuntimeFault
from saltus.initializers import Normal, Uniform
from saltus.neurons import IntegrateFire, LeakyIntegrate, SpikeInput
from saltus.serialisers import Numpy, Serialiser


class InMemory(Serialiser):
    """A serialiser that somebody has written."""

    def __init__(self) -> None:
        self.kept: Dict[tuple, np.ndarray] = {}

    def serialise(self, keys: Any, array: np.ndarray) -> None:
        self.kept[tuple(str(key) for key in keys)] = array

    def deserialise(self, keys: Any) -> np.ndarray:
        return self.kept[tuple(str(key) for key in keys)]

    def deserialise_all(self, keys: Any) -> Dict[str, np.ndarray]:
        keys = tuple(str(key) for key in keys)
        return {each[-1]: array for each, array in self.kept.items() if each[:-1] == keys}


def many_kinds(seed: int = 0) -> Any:
    """Weights of every shape: a matrix, kernels, one a neuron, one a synapse that was drawn."""
    with Network() as network:
        image = Population(SpikeInput(), (6, 6, 1), name="image")
        features = Population(IntegrateFire(), name="features")
        copy = Population(IntegrateFire(), name="a-copy")
        hidden = Population(IntegrateFire(), 9, name="hidden")
        output = Population(LeakyIntegrate(readout="sum_var"), 4, name="output")
        Connection(image, features, Conv2D(Normal(0.4, 0.4), 2, 3), name="conv")
        Connection(features, copy, OneToOne(Normal(1.0, 0.1)), name="one-to-one")
        Connection(features, hidden, AvgPoolDense2D(Normal(0.2, 0.5), 2), name="pooled")
        drawn = FixedProbability(0.4, Normal(0.5, 0.2))
        Connection(copy, hidden, drawn, name="drawn")
        Connection(hidden, output, FixedNumberPost(2, Normal(0.5, 0.2)), name="few")
        Connection(copy, output, Dense(Normal(0.1, 0.2)), name="dense")
    x = {image: random_spikes(3, 36, seed)}
    return network, x, output


def readouts(network: Network, x: Any, output: Any, seed: int = 0) -> np.ndarray:
    compiled = InferenceCompiler(20, rng_seed=seed).compile(network)
    return compiled.predict(x, output, callbacks=())[0][output]


@pytest.mark.parametrize("kind", ["folder", "own"])
def test_what_was_saved_is_loaded(kind: str, tmp_path: Path) -> None:
    serialiser = Numpy(tmp_path) if kind == "folder" else InMemory()
    network, x, output = many_kinds()
    compiled = InferenceCompiler(20, rng_seed=7).compile(network)
    expected = compiled.predict(x, output, callbacks=())[0][output]
    compiled.save((3, "best"), serialiser)
    compiled.save_connectivity((3, "best"), serialiser)
    other, x, output = many_kinds()
    assert not np.array_equal(readouts(other, x, output), expected)
    other.load((3, "best"), serialiser)
    for seed in (0, 1):
        np.testing.assert_array_equal(readouts(other, x, output, seed), expected)


def test_files_have_the_names_and_layout_of_mlgenn(small: Small, tmp_path: Path) -> None:
    compiled = compile_small(small)
    compiled.save((0,), Numpy(tmp_path))
    names = sorted(os.listdir(tmp_path))
    assert names == ["0-Conn_hidden_output-g.npy", "0-Conn_input_hidden-g.npy"]
    weights = np.load(tmp_path / names[1])
    assert weights.dtype == np.float32 and weights.shape == (96,)
    np.testing.assert_array_equal(weights, compiled.weights(small.hidden).ravel())


def test_the_name_of_a_serialiser_is_the_present_folder(
    small: Small, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    compile_small(small).save()
    small.network.load()
    assert len(os.listdir(tmp_path)) == 2
    with pytest.raises(ModelError, match="no serialiser 'nmupy'; did you mean 'numpy'"):
        compile_small(small).save((), "nmupy")


def test_all_that_is_missing_or_not_known_is_listed(tmp_path: Path) -> None:
    network, x, output = many_kinds()
    compiled = InferenceCompiler(20, rng_seed=7).compile(network)
    folder = Numpy(tmp_path)
    compiled.save((0,), folder)
    for name in ("conv-g", "dense-g"):
        os.unlink(tmp_path / f"0-{name}.npy")
    np.save(tmp_path / "0-convv-g.npy", np.zeros(3))
    np.save(tmp_path / "0-one-to-one-w.npy", np.zeros(3))
    np.save(tmp_path / "1-conv-g.npy", np.zeros(18))
    before = readouts(network, x, output)
    with pytest.raises(ModelError) as caught:
        network.load((0,), folder)
    assert caught.value.fields == {
        "missing": "conv: g, drawn: pre_ind, drawn: post_ind, few: pre_ind, few: post_ind, dense: g",
        "unknown": "one-to-one: w, convv: g",
    }
    assert "strict=False" in str(caught.value)
    np.testing.assert_array_equal(readouts(network, x, output), before)
    network.load((0,), folder, strict=False)
    pooled = next(each for each in network.connections if each.name == "pooled")
    np.testing.assert_array_equal(pooled.connectivity.weight, compiled.weights("pooled"))


def test_arrays_that_do_not_fit_are_refused(small: Small, tmp_path: Path) -> None:
    folder = Numpy(tmp_path)
    compile_small(small).save((), folder)
    weight = small.hidden.connection().connectivity.weight
    for wrong, problem in (
        (np.zeros(95), r"Conn_hidden_output: g has shape \(95,\), .* takes \(8, 3\)"),
        (np.full(24, np.nan), "values that are not finite"),
    ):
        folder.serialise(("Conn_hidden_output", "g"), wrong)
        with pytest.raises(ModelError, match=problem):
            small.network.load((), folder)
        assert small.hidden.connection().connectivity.weight is weight


def test_kernels_that_were_saved_synapse_by_synapse() -> None:
    """As mlGeNN saves convolutions that it unrolls."""
    network, x, output = many_kinds()
    compiled = InferenceCompiler(20, matrix_types=["SPARSE", "DENSE"]).compile(network)
    memory = InMemory()
    compiled.save((), memory)
    compiled.save_connectivity((), memory)
    memory.kept["conv", "g"] = compiled.synapses("conv").weight
    expected = compiled.predict(x, output, callbacks=())[0][output]
    other, x, output = many_kinds()
    other.load((), memory)
    np.testing.assert_array_equal(readouts(other, x, output, 5), expected)
    memory.kept["conv", "g"] = np.arange(len(memory.kept["conv", "g"]), dtype=float)
    with pytest.raises(ModelError, match=r"conv: g has shape \(288,\), .* takes \(3, 3, 1, 2\)"):
        other.load((), memory)


def with_lists(seed: int) -> Any:
    """A list of synapses in no order, some of them twice, and delays that differ in every way."""
    random = np.random.default_rng(3)
    pre, post = random.integers(0, 9, 40), random.integers(0, 5, 40)
    with Network() as network:
        inputs = Population(SpikeInput(), (3, 3, 1), name="input")
        features = Population(IntegrateFire(), name="features")
        hidden = Population(IntegrateFire(), 5, name="hidden")
        output = Population(LeakyIntegrate(readout="sum_var"), 5, name="output")
        drawn = np.random.default_rng(seed)
        listed = Sparse(pre, post, drawn.normal(0.7, 0.5, 40), drawn.integers(0, 4, 40))
        kernel = Conv2D(Normal(1.0, 0.5), 1, 2, delay=Uniform(0.0, 3.0))
        dense = Dense(Normal(0.5, 0.5), delay=drawn.integers(0, 5, (5, 5)))
        Connection(inputs, hidden, listed, name="listed")
        Connection(inputs, features, kernel, name="conv", max_delay_steps=4)
        Connection(hidden, output, dense, name="dense")
        Connection(features, output, Dense(Normal(0.5, 0.5)), name="to-output")
        some = FixedProbability(0.5, Normal(0.5, 0.5), delay=Uniform(0.0, 3.0))
        Connection(hidden, output, some, name="drawn", max_delay_steps=4)
    return network, {inputs: random_spikes(3, 9, 5)}, output


@pytest.mark.parametrize("with_synapses", [False, True])
def test_lists_in_any_order_and_delays_are_loaded(with_synapses: bool) -> None:
    network, x, output = with_lists(1)
    compiled = InferenceCompiler(20, rng_seed=7).compile(network)
    expected = compiled.predict(x, output, callbacks=())[0][output]
    memory = InMemory()
    compiled.save((), memory)
    compiled.save_connectivity((), memory)
    assert {keys for keys in memory.kept if keys[-1] == "d"} == {
        ("listed", "d"),
        ("conv", "d"),
        ("dense", "d"),
        ("drawn", "d"),
    }
    if not with_synapses:
        for name in ("pre_ind", "post_ind"):
            del memory.kept["listed", name]
    other, x, output = with_lists(2)
    other.load((), memory)
    np.testing.assert_array_equal(readouts(other, x, output), expected)


def test_biases_are_loaded(tmp_path: Path) -> None:
    network, _, output = many_kinds()
    folder = Numpy(tmp_path)
    folder.serialise(("output", "Bias"), np.arange(4.0))
    folder.serialise(("hidden", "Bias"), np.arange(4.0))
    with pytest.raises(ModelError, match="does not have hidden: Bias"):
        network.load((), folder)
    network.load((), folder, strict=False)
    np.testing.assert_array_equal(output.neuron.bias, np.arange(4.0))


def test_numpy_files(tmp_path: Path) -> None:
    folder = Numpy(tmp_path / "new" / "folder")
    assert folder.deserialise_all(("a",)) == {}
    for dtype in ("f4", "f8", "i8", "u1", "?", ">f4"):
        array = np.array([[1, 0], [1, 1]], dtype)
        folder.serialise(("a", 1, "x"), array)
        found = folder.deserialise(["a", 1, "x"])
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)
    assert os.listdir(folder.path) == ["a-1-x.npy"]
    with pytest.raises(ModelError, match="no file .*a-2-x.npy; there are a-1-x.npy"):
        folder.deserialise(("a", 2, "x"))
    with pytest.raises(ModelError, match="key '../x' cannot be part of a file name"):
        folder.serialise(("../x",), np.zeros(1))
    with pytest.raises(ModelError, match="the keys are 'abc'; give a tuple"):
        folder.deserialise("abc")
    with pytest.raises(ModelError, match="array of object"):
        folder.serialise(("a",), np.array([{}]))
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeFault, match="cannot be written: Not a directory"):
        Numpy(tmp_path / "file" / "below").serialise(("a",), np.zeros(1))


@pytest.mark.parametrize("dtype", ["f4", "O", "U3", "c8"])
def test_hostile_numpy_files(dtype: str, tmp_path: Path) -> None:
    folder = Numpy(tmp_path)
    path = tmp_path / "x.npy"
    array = np.array([1, 2, 3]).astype(dtype)
    np.save(path, array, allow_pickle=True)
    whole = path.read_bytes()
    if dtype == "f4":
        assert folder.deserialise(("x",)).tolist() == [1, 2, 3]
    else:
        with pytest.raises(ModelError, match="holds no array of numbers"):
            folder.deserialise(("x",))
    hostile = [whole[:length] for length in range(len(whole))]
    hostile += [whole.replace(b"(3,)", shape) for shape in (b"(9**99,)", b"(-3,)", b"(1<<60,)")]
    hostile += [whole.replace(b"(3,), ", b"(%d,)" % 10**14), b"PK\x03\x04", os.urandom(200)]
    for contents in hostile:
        path.write_bytes(contents)
        with pytest.raises(ModelError, match="holds no array of numbers"):
            folder.deserialise(("x",))


def test_checkpoints_of_epochs(small: Small, tmp_path: Path) -> None:
    compiled = compile_small(small)
    folder = Numpy(tmp_path)
    kept: List[np.ndarray] = []

    class Keep(Checkpoint):
        def on_epoch_end(self, epoch: int, metrics: Any) -> None:
            kept.append(compiled.weights(small.hidden))
            super().on_epoch_end(epoch, metrics)

    compiled.train(*small.data, 5, callbacks=[Keep(folder, epoch_interval=2)])
    epochs = sorted({name.split("-")[0] for name in os.listdir(tmp_path)})
    assert epochs == ["0", "2", "4"]
    small.network.load((2,), folder)
    weights = compile_small(small).weights(small.hidden)
    np.testing.assert_allclose(weights, kept[2], rtol=1e-6)
    with pytest.raises(ModelError, match="there is no Conn_input_hidden: g, Conn_hidden_output: g"):
        small.network.load((1,), folder)
    with pytest.raises(ModelError, match="epoch_interval"):
        Checkpoint(folder, 0)


def test_training_that_was_interrupted_gives_the_same_bits(tmp_path: Path) -> None:
    arguments: Dict[str, Any] = {"shuffle": True, "input_dropout": 0.2, "callbacks": ()}
    whole = small_network()
    expected = compile_small(whole)
    expected.train(*whole.data, 6, **arguments)
    first = small_network()
    keep = TrainingCheckpoint(tmp_path / "training.h5")
    compile_small(first).train(*first.data, 4, **{**arguments, "callbacks": [keep]})
    second = small_network(seed=0)
    resumed = compile_small(second, threads=1)
    epoch = resumed.load_checkpoint(tmp_path / "training.h5")
    assert epoch == 4
    resumed.train(*second.data, 2, start_epoch=epoch, **arguments)
    for layer, other in ((whole.hidden, second.hidden), (whole.output, second.output)):
        np.testing.assert_array_equal(expected.weights(layer), resumed.weights(other))


def test_checkpoints_by_number(small: Small, tmp_path: Path) -> None:
    compiled = compile_small(small)
    keep = TrainingCheckpoint(tmp_path / "after_{epoch}.h5", 2)
    compiled.train(*small.data, 5, callbacks=[keep])
    assert sorted(os.listdir(tmp_path)) == ["after_2.h5", "after_4.h5", "after_5.h5"]
    with pytest.raises(NotImplementedError, match="the network is not trained"):
        compiled.evaluate(*small.data, callbacks=[keep])


def test_checkpoints_that_cannot_be_used(small: Small, tmp_path: Path) -> None:
    compiled = compile_small(small)
    compiled.train(*small.data, 1)
    path = tmp_path / "training.h5"
    compiled.save_checkpoint(path)
    before = compiled.weights(small.hidden)
    with Network() as network:
        inputs = Population(SpikeInput(), 12, name="input")
        output = Population(LeakyIntegrate(readout="avg_var"), 3, name="output")
        Connection(inputs, output, Dense(Normal(0.3, 0.4)), "exponential")
    with pytest.raises(ModelError, match="Conn_input_output"):
        compile_small(small._replace(network=network)).load_checkpoint(path)
    with pytest.raises(RuntimeFault, match="No such file"):
        compiled.load_checkpoint(tmp_path / "missing.h5")
    whole = path.read_bytes()
    random = np.random.default_rng(1)
    for contents in [whole[:size] for size in random.integers(0, len(whole), 50)] + [
        whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :]
        for place in random.integers(0, len(whole), 50)
    ]:
        path.write_bytes(contents)
        with pytest.raises((RuntimeFault, ModelError)):
            compiled.load_checkpoint(path)
        np.testing.assert_array_equal(compiled.weights(small.hidden), before)


KILLED = """
import sys
sys.path.insert(0, {tests!r})
from conftest import compile_small, small_network
from saltus.serialisers import Numpy
small = small_network()
compiled = compile_small(small)
while True:
    compiled.train(*small.data, 1, callbacks=())
    compiled.save_checkpoint("training.h5")
    compiled.save((), Numpy("weights"))
    compiled.save_model("model.h5")
    print("saved", flush=True)
"""


def test_whoever_is_killed_leaves_the_last_good_files(small: Small, tmp_path: Path) -> None:
    import saltus

    compiled = compile_small(small)
    script = KILLED.format(tests=str(Path(__file__).parent))
    random = np.random.default_rng(2)
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None and process.stdout.readline() == b"saved\n"
            time.sleep(random.uniform(0.0, 0.05))
            process.send_signal(signal.SIGKILL)
        assert compiled.load_checkpoint(tmp_path / "training.h5") >= 1
        small.network.load((), Numpy(tmp_path / "weights"))
        assert saltus.load_model(tmp_path / "model.h5").compiler.batch_size == 8
