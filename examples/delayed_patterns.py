"""Patterns that differ in their order alone, told apart by delays that are learned.

Every example has one spike of each of eight inputs, at the same eight moments; a class says which input has
which of them. All weights from the inputs are equal and stay so: without delays the hidden neurons see the same
whatever the class, and with delays that are drawn at random few inputs ever meet. Delays that are learned, one of
each synapse, let each neuron wait for an order of its own.

    python examples/delayed_patterns.py [--delays none|random|learned] [--weights fixed|learned] [--seed 0]

After B. Meszaros, J. C. Knight, T. Nowotny, Efficient event-based delay learning in spiking neural networks,
Nature Communications 16 (2025); the task is of our own.
"""

import argparse

import numpy as np

from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, event_prop_compiler
from saltus.connectivity import Dense
from saltus.constraints import WeightBounds
from saltus.initializers import Normal, Uniform
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import PreprocessedSpikes

INPUTS, CLASSES, STEPS = 8, 4, 60
#: ms between two spikes, the jitter of each, and how late an example may begin.
GAP, JITTER, LATEST = 3.0, 0.5, 5.0
#: Timesteps: enough for the last input to meet the first.
MAX_DELAY = 25
#: Of all synapses from the inputs: some three spikes together make a neuron spike.
WEIGHT = 0.9


def orders():
    """Of each class, which place in the order each input has."""
    random = np.random.default_rng(2024)
    return [random.permutation(INPUTS) for _ in range(CLASSES)]


def draw(count, seed):
    """As many examples of every class, as spikes and labels."""
    random = np.random.default_rng(seed)
    spikes, labels = [], np.arange(count) % CLASSES
    for label in labels:
        begin = 1.0 + random.uniform(0.0, LATEST)
        times = begin + GAP * orders()[label] + random.normal(0.0, JITTER, INPUTS)
        spikes.append(PreprocessedSpikes(np.arange(1, INPUTS + 1), np.maximum(times, 0.0)))
    return spikes, labels


def build(delays):
    """The network, and the connection from the inputs, whose delays may be learned."""
    network = Network(event_prop_compiler.default_params)
    with network:
        inputs = Population(SpikeInput(), INPUTS, name="input")
        hidden = Population(LeakyIntegrateFire(tau_mem=5.0), 8, name="hidden")
        output = Population(LeakyIntegrate(readout="avg_var"), CLASSES, name="output")
        delay = 0 if delays == "none" else Uniform(0.0, MAX_DELAY)
        delayed = Connection(
            inputs,
            hidden,
            Dense(WEIGHT, delay),
            Exponential(2.0),
            name="delayed",
            max_delay_steps=MAX_DELAY,
        )
        Connection(hidden, output, Dense(Normal(0.0, 0.5)), Exponential(5.0))
    return network, delayed


def accuracy(delays, weights, seed, epochs=100):
    """Per cent of fresh examples that a network tells after training."""
    network, delayed = build(delays)
    compiler = EventPropCompiler(
        STEPS,
        "sparse_categorical_crossentropy",
        Adam(0.02),
        batch_size=32,
        rng_seed=seed,
        delay_optimiser=Adam(0.3),
        delay_learn_conns=[delayed] if delays == "learned" else [],
        weight_constraints={} if weights == "learned" else {delayed: WeightBounds(WEIGHT, WEIGHT)},
        reg_silent=0.1,
    )
    compiled = compiler.compile(network)
    inputs, output = network.populations[0], network.populations[-1]
    x, y = draw(512, 1000 + seed)
    compiled.train({inputs: x}, {output: y}, epochs)
    fresh_x, fresh_y = draw(1000, 5000 + seed)
    metrics, _ = compiled.evaluate({inputs: fresh_x}, {output: fresh_y})
    return 100.0 * metrics[output].result


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--delays", choices=("none", "random", "learned"), default="learned")
    arguments.add_argument("--weights", choices=("fixed", "learned"), default="fixed")
    arguments.add_argument("--epochs", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    result = accuracy(given.delays, given.weights, given.seed, given.epochs)
    print(
        f"{result:.1f} % of 1,000 fresh examples, delays {given.delays}, weights from the inputs "
        f"{given.weights}"
    )


if __name__ == "__main__":
    main()
