"""What learned delays cost: 200-256-20 neurons on the time grid, 250 steps of 1 ms, batches of 32, about
1,000 input spikes an example; forward, backward and Adam, on one core.

    python bench/learned_delays.py

Compared are the same network without delays, with delays of up to 30 steps that stay as they are, and with
these learned; as the median of a batch (processor time). Learning rates are tiny, so that activity stays as it is.
"""

import statistics
import time

import numpy as np

from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler
from saltus.connectivity import Dense
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import preprocess_spikes

INPUTS, HIDDEN, STEPS, BATCH, SPIKES, MOST = 200, 256, 250, 32, 1000, 30


def build(delays):
    random = np.random.default_rng(1)
    network = Network()
    with network:
        inputs = Population(SpikeInput(), INPUTS, name="input")
        hidden = Population(LeakyIntegrateFire(relative_reset=False), HIDDEN, name="hidden")
        output = Population(LeakyIntegrate(readout="avg_var"), 20, name="output")
        weight = random.normal(0.03, 0.05, (INPUTS, HIDDEN))
        delay = 0 if delays == "none" else random.integers(0, MOST + 1, (INPUTS, HIDDEN))
        Connection(
            inputs,
            hidden,
            Dense(weight, delay),
            Exponential(5.0),
            name="delayed",
            max_delay_steps=MOST,
        )
        Connection(hidden, output, Dense(random.normal(0.0, 0.036, (HIDDEN, 20))), Exponential(5.0))
    return network


def milliseconds(delays):
    network = build(delays)
    compiler = EventPropCompiler(
        STEPS,
        "sparse_categorical_crossentropy",
        Adam(1e-12),
        batch_size=BATCH,
        threads=1,
        delay_learn_conns=["delayed"] if delays == "learned" else [],
    )
    compiled = compiler.compile(network)
    random = np.random.default_rng(2)
    spikes = [
        preprocess_spikes(
            np.sort(random.uniform(0, STEPS - 1, SPIKES)),
            random.integers(0, INPUTS, SPIKES),
            INPUTS,
        )
        for _ in range(BATCH)
    ]
    inputs, output = network.populations[0], network.populations[-1]
    times = []
    for _ in range(15):
        start = time.process_time()
        compiled.train({inputs: spikes}, {output: np.arange(BATCH) % 20}, 1, callbacks=[])
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times[3:])


for kind in ("none", "fixed", "learned"):
    print(f"{kind:8} {milliseconds(kind):7.1f} ms a batch")
