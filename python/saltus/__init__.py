"""Saltus: spiking neural networks, compiled.

Describe a network once, compile it for inference or training, and run it.

Example:
    >>> import numpy as np
    >>> from saltus import InputLayer, Layer, SequentialNetwork
    >>> from saltus.compilers import EventPropCompiler
    >>> from saltus.compilers.event_prop_compiler import default_params
    >>> from saltus.connectivity import Dense
    >>> from saltus.initializers import Normal
    >>> from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
    >>> from saltus.synapses import Exponential
    >>> from saltus.utils.data import linear_latency_encode_data
    >>> images = np.random.default_rng(0).integers(0, 256, (64, 28, 28)).astype(np.uint8)
    >>> spikes = linear_latency_encode_data(images, max_time=18.0, min_time=2.0)
    >>> labels = np.arange(64) % 10
    >>> network = SequentialNetwork(default_params)
    >>> with network:
    ...     inputs = InputLayer(SpikeInput(), 784)
    ...     hidden = Layer(Dense(Normal(0.08, 0.05)), LeakyIntegrateFire(), 128, Exponential(5.0))
    ...     output = Layer(
    ...         Dense(Normal(0.2, 0.37)), LeakyIntegrate(readout="avg_var"), 10, Exponential(5.0)
    ...     )
    >>> compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", batch_size=32)
    >>> compiled = compiler.compile(network)
    >>> metrics, _ = compiled.train({inputs: spikes}, {output: labels}, num_epochs=2)
    >>> len(metrics.history)
    2
"""

from typing import TYPE_CHECKING, Any

from . import (
    callbacks,
    compilers,
    connectivity,
    constraints,
    errors,
    initializers,
    losses,
    metrics,
    models,
    neurons,
    optimisers,
    readouts,
    schedules,
    serialisers,
    surrogates,
    synapses,
    utils,
)
from ._absent import raise_missing
from ._saltus import __version__
from .connection import Connection
from .layers import InputLayer, Layer
from .models import load_model
from .network import Network
from .population import Population
from .sequential_network import SequentialNetwork
from .trainable import Trainable

__all__ = [
    "Connection",
    "InputLayer",
    "Layer",
    "Network",
    "Population",
    "SequentialNetwork",
    "Trainable",
    "__version__",
    "callbacks",
    "compilers",
    "connectivity",
    "constraints",
    "errors",
    "initializers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "neurons",
    "optimisers",
    "readouts",
    "schedules",
    "serialisers",
    "surrogates",
    "synapses",
    "utils",
]

# Loaded when they are used: they need libraries that are slow to load.
_LAZY = ("plot", "sklearn")


if TYPE_CHECKING:
    from . import plot as plot
    from . import sklearn as sklearn
else:

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            import importlib

            return importlib.import_module(f".{name}", __name__)
        return raise_missing(__name__, name)
