"""Scripts that were written for mlGeNN."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saltus.compat
from conftest import ROOT, compile_small, random_spikes, small_network
from saltus.compilers import InferenceCompiler

SCRIPTS = ROOT / "examples" / "ml_genn"


def test_modules_are_those_of_saltus() -> None:
    from ml_genn import Layer, Network  # type: ignore[import-not-found]
    from ml_genn.compilers import InferenceCompiler as Compiler  # type: ignore
    from ml_genn.compilers.event_prop_compiler import default_params  # type: ignore
    from ml_genn.neurons import LeakyIntegrateFire  # type: ignore
    from ml_genn.utils.data import preprocess_spikes  # type: ignore
    from pygenn import SynapseMatrixType  # type: ignore

    import saltus

    assert Network is saltus.Network and Layer is saltus.Layer
    assert LeakyIntegrateFire is saltus.neurons.LeakyIntegrateFire
    assert default_params is saltus.compilers.event_prop_compiler.default_params
    assert preprocess_spikes is saltus.utils.data.preprocess_spikes
    assert issubclass(Compiler, InferenceCompiler)
    assert SynapseMatrixType.TOEPLITZ.value == "TOEPLITZ"


@pytest.mark.parametrize(
    "module, advice",
    [
        ("ml_genn_tf", "Keras models come later"),
        ("ml_genn_tf.converters", "Keras models come later"),
        ("ml_genn.utils.model", "declared by equations"),
        ("ml_genn.networks", "there is no ml_genn.networks"),
    ],
)
def test_modules_that_cannot_be_mapped_say_what_to_use(module: str, advice: str) -> None:
    with pytest.raises(ImportError, match=advice):
        importlib.import_module(module)


def test_names_that_cannot_be_mapped_say_what_to_use() -> None:
    import pygenn

    with pytest.raises(AttributeError, match="write a Neuron with equations"):
        pygenn.create_neuron_model
    with pytest.raises(ImportError, match="GeNNModel"):
        from pygenn import GeNNModel  # noqa: F401


def test_arguments_of_genn_are_left_out_with_a_warning() -> None:
    from ml_genn.compilers import EventPropCompiler, InferenceCompiler as Compiler

    with pytest.warns(UserWarning, match="manual_device_id=0, backend='cuda' left out"):
        compiler = Compiler(20, batch_size=2, backend="cuda", manual_device_id=0)
    assert compiler.backend == "cpu" and compiler.batch_size == 2
    assert EventPropCompiler(20, "sparse_categorical_crossentropy").example_timesteps == 20
    with pytest.raises(TypeError, match="unexpected keyword"):
        Compiler(20, bach_size=2)


def stepped(batch_size: int = 4) -> Any:
    small = small_network(examples=batch_size)
    compiled = InferenceCompiler(20, batch_size=batch_size).compile(small.network)
    return small, compiled


def test_steps_by_hand_are_a_prediction() -> None:
    small, compiled = stepped()
    expected, _ = compiled.predict({small.inputs: small.x}, small.output, callbacks=())
    v = compiled.neuron_populations[small.hidden.population()].vars["V"]
    traces = [compiled.trace({small.inputs: small.x}, example) for example in range(4)]
    for _ in range(2):
        compiled.reset_time()
        compiled.genn_model.custom_update("Reset")
        compiled.set_input({small.inputs: small.x})
        for step in range(20):
            assert compiled.genn_model.timestep == step and compiled.genn_model.t == step
            compiled.step_time()
            v.pull_from_device()
            for example, trace in enumerate(traces):
                np.testing.assert_array_equal(v.view[example], trace.states["hidden.v"][step])
        np.testing.assert_allclose(
            compiled.get_readout(small.output), expected[small.output], rtol=1e-5
        )
    # They leave evaluate() and predict() alone.
    again, _ = compiled.predict({small.inputs: small.x}, small.output, callbacks=())
    np.testing.assert_array_equal(again[small.output], expected[small.output])


def test_callbacks_of_steps_are_told() -> None:
    small, compiled = stepped()
    told = []

    class Log:
        def on_timestep_begin(self, timestep: int) -> None:
            told.append(("begin", timestep))

        def on_timestep_end(self, timestep: int) -> None:
            told.append(("end", timestep))

    compiled.set_input({small.inputs: small.x[:2]})
    for _ in range(2):
        compiled.step_time([Log(), object()])
    assert told == [("begin", 0), ("end", 0), ("begin", 1), ("end", 1)]
    with pytest.raises(RuntimeError, match="5 examples were given, a batch has 4"):
        compiled.set_input({small.inputs: random_spikes(5, 12)})


def test_weights_are_pulled_and_pushed() -> None:
    small, compiled = stepped()
    g = compiled.connection_populations[small.hidden].vars["g"]
    g.pull_from_device()
    view = g.view
    np.testing.assert_array_equal(view.reshape(12, 8), compiled.weights(small.hidden))
    view[:] = 0.0
    assert compiled.weights(small.hidden).any()
    g.push_to_device()
    assert not compiled.weights(small.hidden).any()
    compiled.set_weights(small.hidden, np.ones((12, 8)))
    g.pull_from_device()
    assert view.all() and g.values is not g.view
    d = compiled.connection_populations[small.hidden].vars["d"]
    assert d.view.shape == (96,) and not d.view.any()
    with pytest.raises(NotImplementedError, match="give the connection its delays"):
        d.push_to_device()


def test_recording_buffers_hold_the_spikes_of_steps() -> None:
    small, compiled = stepped()
    small.hidden.population().record_spikes = True
    compiled.set_input({small.inputs: small.x})
    for _ in range(20):
        compiled.step_time()
    compiled.genn_model.pull_recording_buffers_from_device()
    data = compiled.neuron_populations[small.hidden].spike_recording_data
    for example, (times, neurons) in enumerate(data):
        trace = compiled.trace({small.inputs: small.x}, example)
        np.testing.assert_array_equal(times, trace.spikes[small.hidden][0])
        np.testing.assert_array_equal(neurons, trace.spikes[small.hidden][1])
    with pytest.raises(RuntimeError, match="record_spikes=True"):
        compiled.neuron_populations[small.output].spike_recording_data


def test_what_cannot_be_mapped_says_what_to_use() -> None:
    small, compiled = stepped()
    group = compiled.neuron_populations[small.hidden]
    with pytest.raises(RuntimeError, match="no variable 'RefracTime'"):
        group.vars["RefracTime"]
    with pytest.raises(NotImplementedError, match="give the neuron its initial value"):
        group.vars["V"].push_to_device()
    with pytest.raises(AttributeError, match="parameters are attributes of its neuron"):
        group.extra_global_params
    with pytest.raises(NotImplementedError, match="runs inside train"):
        compiled.genn_model.custom_update("GradientLearn")
    with pytest.raises(AttributeError, match="the time of every pass"):
        compiled.genn_model.get_custom_update_time
    with pytest.raises(RuntimeError, match="kernel_profiling"):
        compiled.genn_model.neuron_update_time
    profiled = compile_small(small, kernel_profiling=True)
    profiled.train(*small.data, 1)
    assert profiled.genn_model.neuron_update_time > 0
    assert profiled.genn_model.init_time == 0


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "saltus.compat", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_the_program_runs_scripts_with_their_arguments(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("from ml_genn import Network\nname = Network.__module__\n")
    (tmp_path / "script.py").write_text(
        "import sys\nimport other\nprint(__name__, sys.argv[1:], other.name)\n"
    )
    found = run(str(tmp_path / "script.py"), "--epochs", "3", cwd=Path("/"))
    assert found.stdout == "__main__ ['--epochs', '3'] saltus.network\n", found.stderr
    assert run("missing.py", cwd=tmp_path).returncode == 1
    assert "there is no file missing.py" in run("missing.py", cwd=tmp_path).stderr
    assert "usage:" in run("--help", cwd=tmp_path).stdout
    wrong = run("--scirpt", cwd=tmp_path)
    assert wrong.returncode == 2 and "there is no option '--scirpt'" in wrong.stderr
