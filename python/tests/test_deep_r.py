"""Connections that are rewired while they are trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import small_network, sparse_network

import saltus
from saltus.callbacks import RewiringRecord
from saltus.compilers import EPropCompiler, EventPropCompiler, InferenceCompiler
from saltus.compilers import SurrogateCompiler
from saltus.constraints import KeepSign
from saltus.errors import ArgumentTypeError, ModelError
from saltus.optimisers import Adam
from saltus.serialisers import Numpy

LOSS = "sparse_categorical_crossentropy"


def compiler_of(kind: Any, small: Any, **arguments: Any) -> Any:
    given = {"deep_r_conns": [small.hidden], "batch_size": 8, "threads": 1, **arguments}
    return kind(20, LOSS, Adam(0.2), **given)


def train(compiled: Any, small: Any, epochs: int = 6, **arguments: Any) -> Any:
    return compiled.train(*small.data, epochs, callbacks=[], **arguments)


def pairs_of(compiled: Any, small: Any) -> set:
    pre, post, _, _ = compiled.synapses(small.hidden)
    assert np.all(np.diff(pre.astype(int) * 1000 + post) > 0)
    return set(zip(pre.tolist(), post.tolist()))


@pytest.mark.parametrize("kind", [EventPropCompiler, EPropCompiler, SurrogateCompiler])
def test_synapses_are_replaced_and_recorded(kind: Any) -> None:
    small = sparse_network()
    compiler = compiler_of(kind, small, deep_r_record_rewirings={small.hidden: "rewired"})
    compiled = compiler.compile(small.network)
    before = pairs_of(compiled, small)
    record = RewiringRecord("Conn_input_hidden", key="again")
    _, data = compiled.train(*small.data, 6, callbacks=[record])
    after = pairs_of(compiled, small)
    assert len(after) == len(before)
    assert after != before
    assert len(data["rewired"]) == 18
    assert data["rewired"] == data["again"]
    rewirings, failed = np.sum(data["rewired"], axis=0)
    assert rewirings - failed >= len(after - before) > 0


def test_full_connections_stay_full() -> None:
    small = sparse_network(density=1.0)
    compiler = compiler_of(
        EventPropCompiler, small, deep_r_l1_strength=0.1, deep_r_record_rewirings={small.hidden: 1}
    )
    compiled = compiler.compile(small.network)
    _, data = train(compiled, small, 20)
    assert len(pairs_of(compiled, small)) == 12 * 8
    assert all(rewirings == failed for rewirings, failed in data[1])
    assert sum(rewirings for rewirings, _ in data[1]) > 0


def test_states_and_checkpoints_go_on_to_the_same_bits(tmp_path: Any) -> None:
    small = sparse_network()
    compiler = compiler_of(EventPropCompiler, small)
    whole = compiler.compile(small.network)
    train(whole, small, 8)
    half = compiler.compile(small.network)
    train(half, small, 4)
    state = half.training_state()
    assert set(state["synapses"]) == {"Conn_input_hidden"}
    half.save_checkpoint(tmp_path / "c.h5")
    for load in (lambda c: c.restore(state), lambda c: c.load_checkpoint(tmp_path / "c.h5")):
        rest = compiler.compile(small.network)
        epoch = load(rest)
        assert pairs_of(rest, small) == pairs_of(half, small)
        train(rest, small, 4, start_epoch=epoch)
        assert pairs_of(rest, small) == pairs_of(whole, small)
        assert np.array_equal(rest.weights(small.hidden), whole.weights(small.hidden))
    del state["synapses"]
    with pytest.raises(ModelError, match="it has no synapses of 'Conn_input_hidden'"):
        half.restore(state)


def test_weights_models_and_other_networks(tmp_path: Any) -> None:
    small = sparse_network()
    compiled = compiler_of(EventPropCompiler, small).compile(small.network)
    train(compiled, small)
    x, y = small.data
    expected, _ = compiled.predict(x, small.output)

    tested = InferenceCompiler(20).compile(small.network)
    pre, post, _, _ = compiled.synapses(small.hidden)
    tested.set_synapses(small.hidden, pre, post)
    for layer in (small.hidden, small.output):
        tested.set_weights(layer, compiled.weights(layer))
    assert np.array_equal(tested.predict(x, small.output)[0][small.output], expected[small.output])

    compiled.save_model(tmp_path / "m.h5")
    model = saltus.load_model(tmp_path / "m.h5")
    assert model.compiler.deep_r.conns == ["Conn_input_hidden"]
    again = model.compiler.compile(model.network)
    found, _ = again.predict({"input": small.x}, "output")
    assert np.array_equal(found["output"], expected[small.output])

    # The synapses are there without being asked for.
    compiled.save(("best",), Numpy(tmp_path))
    assert (tmp_path / "best-Conn_input_hidden-pre_ind.npy").exists()
    small.network.load(("best",), Numpy(tmp_path))
    loaded = InferenceCompiler(20).compile(small.network)
    assert pairs_of(loaded, small) == pairs_of(compiled, small)
    assert np.array_equal(loaded.predict(x, small.output)[0][small.output], expected[small.output])


def test_what_cannot_be_rewired_is_refused() -> None:
    small = small_network()
    with pytest.raises(ModelError, match="it is laid out as DENSE, and only SPARSE synapses"):
        compiler_of(EventPropCompiler, small).compile(small.network)
    small = sparse_network()
    with pytest.raises(ModelError, match="its weights keep their signs"):
        compiler_of(
            EventPropCompiler, small, weight_constraints={small.hidden: KeepSign()}
        ).compile(small.network)
    with pytest.raises(ModelError, match="deep_r_record_rewirings has 'Conn_hidden_output'"):
        compiler_of(
            EventPropCompiler, small, deep_r_record_rewirings={small.output: "rewired"}
        ).compile(small.network)
    with pytest.raises(ModelError, match="deep_r_l1_strength is -1"):
        compiler_of(EPropCompiler, small, deep_r_l1_strength=-1.0)
    with pytest.raises(ArgumentTypeError, match="deep_r_conns is 'hidden'"):
        compiler_of(SurrogateCompiler, small, deep_r_conns="hidden")
    with pytest.raises(ArgumentTypeError, match="deep_r_record_rewirings is \\[\\]"):
        compiler_of(SurrogateCompiler, small, deep_r_record_rewirings=[])
    with pytest.raises(ModelError, match="'Conn_input_hiden'.*did you mean 'Conn_input_hidden'"):
        compiler_of(EventPropCompiler, small, deep_r_conns=["Conn_input_hiden"]).compile(
            small.network
        )
    fixed = compiler_of(EventPropCompiler, small, deep_r_conns=[]).compile(small.network)
    with pytest.raises(ModelError, match="'Conn_input_hidden' is not rewired; name one of"):
        fixed.train(*small.data, num_epochs=1, callbacks=[RewiringRecord(small.hidden)])


def test_pairs_that_make_no_sense_are_refused() -> None:
    network = sparse_network()
    tested = InferenceCompiler(20).compile(network.network)
    pre, post, _, _ = tested.synapses(network.hidden)
    before = pairs_of(tested, network)

    def set_to(pre: Any, post: Any) -> None:
        tested.set_synapses(network.hidden, pre, post)

    for spoilt, problem in (
        ((pre[:-1], post[:-1]), "source and .* target neurons for the"),
        ((pre[::-1], post[::-1]), "is not in the order of the others"),
        ((pre, post + 100), "has the target neuron"),
        ((np.zeros_like(pre), np.zeros_like(post)), "stands there twice"),
    ):
        with pytest.raises(ModelError, match=problem):
            set_to(*spoilt)
    with pytest.raises(ModelError, match="pre holds -1"):
        set_to(pre.astype(int) - 1, post)
    with pytest.raises(ArgumentTypeError, match="one-dimensional array of whole numbers"):
        set_to(pre.astype(float), post)
    assert pairs_of(tested, network) == before
    with pytest.raises(ModelError, match="others cannot take their place"):
        tested.set_synapses(network.output, [0], [0])
