"""Synapses of several states, and those of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saltus
from conftest import small_network
from saltus import Trainable
from saltus.compilers import EventPropCompiler, InferenceCompiler
from saltus.errors import ModelError
from saltus.optimisers import Adam
from saltus.synapses import Alpha, DualExponential, Exponential, UserSynapse

LOSS = "sparse_categorical_crossentropy"

SLOW = UserSynapse(
    ["df/dt = -f / tau_fast", "ds/dt = rate * (f - s)"],
    {"tau_fast": (2.0, "ms"), "tau_slow": Trainable(8.0)},
    {"rate": "1 / tau_slow"},
    scale_i=True,
)


def compiled_with(synapse: Any, compiler: Any) -> Any:
    small = small_network()
    for layer in (small.hidden, small.output):
        layer.connection().synapse = synapse
    return small, compiler.compile(small.network)


@pytest.mark.parametrize("synapse", [Alpha(3.0), DualExponential(1.0, 4.0, scale_i=True), SLOW])
@pytest.mark.parametrize("spike_times", ["grid", "exact"])
def test_training_and_saving(synapse: Any, spike_times: str, tmp_path: Path) -> None:
    small, compiled = compiled_with(
        synapse, EventPropCompiler(20, LOSS, Adam(0.02), batch_size=8, spike_times=spike_times)
    )
    before = compiled.loss(*small.data)
    compiled.train(*small.data, num_epochs=10, callbacks=())
    assert compiled.loss(*small.data) < before
    compiled.save_model(tmp_path / "model.h5")
    model = saltus.load_model(tmp_path / "model.h5")
    assert repr(model.network.connections[0].synapse).split("(")[0] == type(synapse).__name__
    tested = InferenceCompiler(20, spike_times=spike_times).compile(model.network)
    x = {"input": small.x}
    np.testing.assert_allclose(
        tested.predict(x, callbacks=())[0]["output"],
        compiled.predict({small.inputs: small.x}, callbacks=())[0][small.output.population()],
        rtol=1e-5,
        atol=1e-6,
    )


def test_written_down_it_is_the_same() -> None:
    inference = InferenceCompiler(20)
    written = UserSynapse(["dg/dt = -g / tau"], {"tau": (3.0, "ms")})
    small, own = compiled_with(written, inference)
    _, known = compiled_with(Exponential(3.0), inference)
    x = {"input": small.x}
    np.testing.assert_array_equal(
        own.predict(x, callbacks=())[0]["output"], known.predict(x, callbacks=())[0]["output"]
    )


def test_mistakes() -> None:
    with pytest.raises(ModelError, match="tau_rise is -1 ms; give a positive time"):
        DualExponential(-1.0)
    with pytest.raises(ModelError, match="equation"):
        UserSynapse(["g = 3 +"])
    for synapse, says in (
        (UserSynapse(["dg/dt = (1 - g) / 5"]), "g does not decay to zero"),
        (UserSynapse(["dg/dt = -g * g"]), "not linear in g"),
        (UserSynapse(["dg/dt = -g / 5"], arrival="x"), "'x' is not a state of its synapse"),
        (UserSynapse(["dg/dt = -g / tua"], {"tau": 5.0}), "did you mean 'tau'"),
    ):
        with pytest.raises(ModelError, match=says):
            compiled_with(synapse, InferenceCompiler(20))
