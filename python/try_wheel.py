"""Tries an installed saltus as a new user has it: only its own dependencies, no compiler, no network.

Usage: python try_wheel.py, in the environment that it was installed into.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any


def refuse(*_: Any, **__: Any) -> Any:
    raise AssertionError("something asks for the network")


def main() -> None:
    socket.socket = refuse  # type: ignore[assignment, misc]
    os.environ["PATH"] = ""
    import numpy as np

    begin = time.perf_counter()
    import saltus

    seconds = time.perf_counter() - begin
    assert Path(sys.prefix) in Path(saltus.__file__).parents, saltus.__file__
    assert not {"matplotlib", "sklearn", "h5py"} & set(sys.modules), "imported before it is used"

    from saltus.compilers import EventPropCompiler
    from saltus.compilers.event_prop_compiler import default_params
    from saltus.connectivity import Dense
    from saltus.initializers import Normal
    from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
    from saltus.synapses import Exponential
    from saltus.utils.data import linear_latency_encode_data

    random = np.random.default_rng(1)
    labels = random.integers(0, 3, 300)
    images = (random.random((300, 30)) < 0.1 + 0.8 * (np.arange(30) // 10 == labels[:, None])) * 200
    spikes = linear_latency_encode_data(images.astype(np.uint8), 18.0, 2.0)
    network = saltus.SequentialNetwork(default_params)
    with network:
        inputs = saltus.InputLayer(SpikeInput(), 30)
        saltus.Layer(Dense(Normal(0.3, 0.3)), LeakyIntegrateFire(), 20, Exponential(5.0))
        readout = LeakyIntegrate(readout="avg_var")
        output = saltus.Layer(Dense(Normal(0.2, 0.4)), readout, 3, Exponential(5.0))
    compiled = EventPropCompiler(20, "sparse_categorical_crossentropy", "adam").compile(network)
    metrics, _ = compiled.train({inputs: spikes}, {output: labels}, 20, callbacks=())
    accuracy = metrics[output].result
    assert accuracy > 0.9, accuracy
    try:
        saltus.plot.raster(compiled.trace({inputs: spikes}, 0))
    except ImportError as error:
        assert "pip install" in str(error), error
    else:
        raise AssertionError("matplotlib is in an environment that should not have it")
    print(f"saltus {saltus.__version__}: imported in {seconds:.3f} s, trained to {accuracy:.2f}")


main()
