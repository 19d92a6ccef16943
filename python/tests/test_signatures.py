"""Names, arguments and defaults."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import saltus
from saltus import compilers, connectivity, initializers, losses, neurons, optimisers, synapses

# Arguments of the connectivity classes that scripts written for mlGeNN pass, in order.
CONNECTIVITY = {
    "AvgPool2D": "pool_size flatten=False pool_strides=None delay=0",
    "AvgPoolConv2D": "weight filters pool_size conv_size flatten=False pool_strides=None "
    "conv_strides=None conv_padding='valid' delay=0",
    "AvgPoolDense2D": "weight pool_size pool_strides=None delay=0",
    "Connectivity": "weight delay",
    "Conv2D": "weight filters conv_size flatten=False conv_strides=None "
    "conv_padding='valid' delay=0",
    "Conv2DTranspose": "weight filters conv_size flatten=False conv_strides=None "
    "conv_padding='valid' delay=0",
    "Dense": "weight delay=0",
    "FixedProbability": "p weight allow_self_connections=False delay=0",
    "OneToOne": "weight delay=0",
}

MODELS = {
    neurons.IntegrateFire: "v_thresh=1.0 v_reset=0.0 v=0.0 readout=None",
    neurons.LeakyIntegrate: "v=0.0 bias=0.0 tau_mem=20.0 scale_i=False readout=None",
    neurons.LeakyIntegrateFire: "v_thresh=1.0 v_reset=0.0 v=0.0 tau_mem=20.0 tau_refrac=None "
    "relative_reset=True integrate_during_refrac=True scale_i=False readout=None",
    neurons.SpikeInput: "max_spikes=1000000",
    neurons.BinarySpikeInput: "signed_spikes=False input_frames=1 input_frame_timesteps=1",
    neurons.PoissonInput: "signed_spikes=False input_frames=1 input_frame_timesteps=1",
    synapses.Exponential: "tau=5.0 scale_i=False",
    initializers.Normal: "mean=0.0 sd=1.0",
    initializers.Uniform: "min=0.0 max=1.0",
    optimisers.Adam: "alpha=0.001 beta1=0.9 beta2=0.999 epsilon=1e-08",
    saltus.Population: "neuron shape=None record_spikes=False record_spike_events=False name=None",
    saltus.Connection: "source target connectivity synapse='delta' name=None max_delay_steps=None",
    saltus.InputLayer: "neuron shape=None record_spikes=False record_spike_events=False name=None",
    saltus.Layer: "connectivity neuron shape=None synapse='delta' record_spikes=False "
    "record_spike_events=False max_delay_steps=None name=None",
    compilers.InferenceCompiler: "evaluate_timesteps dt=1.0 batch_size=1 rng_seed=0 "
    "kernel_profiling=False prefer_in_memory_connect=True reset_time_between_batches=True "
    "reset_vars_between_batches=True",
    compilers.EventPropCompiler: "example_timesteps losses optimiser='adam' reg_lambda_upper={} "
    "reg_lambda_lower={} reg_nu_upper=0.0 max_spikes=500 strict_buffer_checking=False "
    "per_timestep_loss=False dt=1.0 ttfs_alpha=0.01 softmax_temperature=1.0 batch_size=1 "
    "rng_seed=0",
    compilers.CompiledTrainingNetwork.train: "x y num_epochs start_epoch=0 shuffle=True "
    "metrics='sparse_categorical_accuracy'",
}


def arguments_of(function: object) -> list:
    if inspect.isclass(function):
        function = function.__init__
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return [
        p.name if p.default is p.empty else f"{p.name}={p.default!r}".replace(" ", "")
        for p in parameters
    ]


@pytest.mark.parametrize("name", CONNECTIVITY)
def test_connectivity(name: str) -> None:
    expected = CONNECTIVITY[name].split()
    assert arguments_of(getattr(connectivity, name))[: len(expected)] == expected


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__qualname__)
def test_models(model: object) -> None:
    expected = MODELS[model].split()
    assert arguments_of(model)[: len(expected)] == expected


@pytest.mark.parametrize("name", CONNECTIVITY)
def test_connectivity_has_the_methods_of_the_base(name: str) -> None:
    cls = getattr(connectivity, name)
    assert issubclass(cls, connectivity.Connectivity)
    assert list(inspect.signature(cls.connect).parameters) == ["self", "source", "target"]
    assert list(inspect.signature(cls.get_snippet).parameters) == [
        "self",
        "connection",
        "supported_matrix_type",
    ]


def test_every_public_class_and_function_is_documented() -> None:
    modules = [
        connectivity,
        initializers,
        losses,
        neurons,
        optimisers,
        synapses,
        compilers,
        saltus.readouts,
        saltus.metrics,
        saltus.callbacks,
        saltus.errors,
        saltus.utils.data,
    ]
    for module in modules:
        assert module.__doc__
        for name in module.__all__:
            assert getattr(module, name).__doc__, f"{module.__name__}.{name}"


def test_version_is_that_of_the_engine() -> None:
    assert saltus.__version__.count(".") == 2


def test_importing_loads_no_slow_library() -> None:
    code = (
        "import sys, saltus; slow = {'tqdm', 'matplotlib', 'sklearn', 'h5py'} & set(sys.modules); "
        "sys.exit(' '.join(slow) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("module", "name", "advice"),
    [
        ("saltus.compilers", "EPropCompiler", "it comes later; EventPropCompiler trains"),
        ("saltus.neurons", "FewSpikeRelu", "few-spike networks come later"),
        ("saltus.initializers", "Wrapper", "the initializers that it wrapped are classes here"),
        ("saltus.callbacks", "CustomUpdateOnBatchEnd", "override on_batch_end"),
        ("saltus.initializers", "Nromal", "did you mean 'Normal'"),
        ("saltus", "initialisers", "did you mean 'initializers'"),
    ],
)
def test_what_is_not_there_says_what_to_use(module: str, name: str, advice: str) -> None:
    with pytest.raises(
        AttributeError, match=f"module '{module}' has no attribute '{name}'.*{advice}"
    ):
        getattr(importlib.import_module(module), name)
    # Python has a sentence of its own for imports of what is not there, which says less.
    with pytest.raises(ImportError, match=f"import name '{name}' from '{module}': .*{advice}"):
        exec(f"from {module} import {name}")
    assert not hasattr(importlib.import_module(module), name)
    with pytest.raises(AttributeError, match="has no attribute '__nothing__'$"):
        getattr(importlib.import_module(module), "__nothing__")


def test_networks_say_what_they_cannot_do_yet() -> None:
    with pytest.raises(
        AttributeError, match="no attribute 'load': it comes later; set weights with"
    ):
        getattr(saltus.Network(), "load")
