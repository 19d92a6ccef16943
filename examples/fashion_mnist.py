"""Trains a spiking network to recognise pieces of clothing, and tests it.

    python examples/fashion_mnist.py --epochs 3

Brighter pixels spike earlier; 128 hidden neurons; EventProp. The data is what Debian's package
dataset-fashion-mnist installs.
"""

import argparse
import gzip
import time
from pathlib import Path

import numpy as np

from saltus import InputLayer, Layer, SequentialNetwork
from saltus.compilers import EventPropCompiler
from saltus.compilers.event_prop_compiler import default_params
from saltus.connectivity import Dense
from saltus.initializers import Normal
from saltus.losses import SparseCategoricalCrossentropy
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import linear_latency_encode_data

TIMESTEPS = 20  # of 1 ms


def read(folder: Path, part: str):
    """Spikes and labels of "train" or "t10k"."""
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return linear_latency_encode_data(images, max_time=18.0, min_time=2.0), labels


def main(arguments=None) -> float:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="0 for one a core")
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    options = parser.parse_args(arguments)

    network = SequentialNetwork(default_params)
    with network:
        pixels = InputLayer(SpikeInput(), 28 * 28)
        hidden = Layer(Dense(Normal(0.078, 0.045)), LeakyIntegrateFire(), 128, Exponential(5.0))
        output = Layer(
            Dense(Normal(0.2, 0.37)), LeakyIntegrate(readout="avg_var"), 10, Exponential(5.0)
        )

    compiler = EventPropCompiler(
        TIMESTEPS,
        SparseCategoricalCrossentropy(temperature=1 / 3),
        Adam(0.012),
        batch_size=32,
        min_slope=0.05,
        threads=options.threads,
    )
    with compiler.compile(network) as compiled:
        print(compiled.summary())
        spikes, labels = read(options.data, "train")
        start = time.perf_counter()
        metrics, _ = compiled.train(
            {pixels: spikes},
            {output: labels},
            options.epochs,
            schedule="cosine",
            input_dropout=0.03,
        )
        print(f"trained for {time.perf_counter() - start:.1f} s, loss {metrics.loss:.3f}")

        spikes, labels = read(options.data, "t10k")
        metrics, _ = compiled.evaluate({pixels: spikes}, {output: labels})
        trace = compiled.trace({pixels: spikes}, 0)
        print(f"spikes of hidden neurons for the first image: {len(trace.spikes[hidden][0])}")
        print(f"test accuracy {100 * metrics[output].result:.2f} %")
        return metrics[output].result


if __name__ == "__main__":
    main()
