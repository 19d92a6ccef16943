"""Yin-Yang with exact spike times: tells where a point lies by which of three neurons spikes first.

Four coordinates (x, y, 1 - x, 1 - y) become spikes at as many times within 20 ms. A step is 1 ms long, and
spikes fall wherever the threshold is crossed within it.

    python examples/yin_yang.py [--epochs 100] [--seed 0]

The task: L. Kriener, J. Goeltz, M. A. Petrovici, The Yin-Yang dataset, NICE 2022.
"""

import argparse

import numpy as np

from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, event_prop_compiler
from saltus.connectivity import Dense
from saltus.initializers import Normal
from saltus.losses import SparseCategoricalCrossentropy
from saltus.neurons import LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.schedules import ExponentialSchedule
from saltus.synapses import Exponential
from saltus.utils.data import PreprocessedSpikes


def class_of(x, y):
    """0 for yin, 1 for yang, 2 for a dot."""
    right, left = np.hypot(x - 0.75, y - 0.5), np.hypot(x - 0.25, y - 0.5)
    if min(right, left) < 0.1:
        return 2
    return 0 if left <= 0.25 or (y > 0.5 and right > 0.25) else 1


def draw(count, seed):
    """As many points of every class, as spikes and labels."""
    random = np.random.default_rng(seed)
    spikes, labels = [], []
    while len(labels) < count:
        x, y = random.uniform(size=2)
        if np.hypot(x - 0.5, y - 0.5) > 0.5 or class_of(x, y) != len(labels) % 3:
            continue
        times = np.array([20 * x, 20 * y, 20 * (1 - x), 20 * (1 - y), 5.0])
        spikes.append(PreprocessedSpikes(np.arange(1, 6), times))
        labels.append(len(labels) % 3)
    return spikes, np.array(labels)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--epochs", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--samples", type=int, default=5000, help="points to train with")
    given = arguments.parse_args()

    network = Network(event_prop_compiler.default_params)
    with network:
        inputs = Population(SpikeInput(), 5, name="input")
        hidden = Population(LeakyIntegrateFire(), 100, name="hidden")
        output = Population(LeakyIntegrateFire(readout="first_spike_time"), 3, name="output")
        Connection(inputs, hidden, Dense(Normal(1.5, 2.0)), Exponential(10.0))
        Connection(hidden, output, Dense(Normal(0.5, 0.1)), Exponential(10.0))

    compiler = EventPropCompiler(
        30,
        SparseCategoricalCrossentropy(temperature=0.5),
        Adam(0.015),
        batch_size=32,
        rng_seed=given.seed,
        spike_times="exact",
        ttfs_alpha=0.3,
        reg_silent=0.5,
        min_slope=0.05,
    )
    compiled = compiler.compile(network)
    x, y = draw(given.samples, 1000 + given.seed)
    metrics, _ = compiled.train(
        {inputs: x}, {output: y}, given.epochs, schedule=ExponentialSchedule(0.97)
    )
    fresh_x, fresh_y = draw(10000, 3000 + given.seed)
    metrics, _ = compiled.evaluate({inputs: fresh_x}, {output: fresh_y})
    print(f"{100 * metrics[output].result:.2f} % of 10,000 fresh points")


if __name__ == "__main__":
    main()
