"""A recurrent network on long examples: 700-256-20 neurons, the 256 recurrent, 1,000 steps of 1 ms,
batches of 32, about 8,000 input spikes and 5,600 hidden spikes an example; forward, backward and Adam.

    python bench/shd_like.py [PROBLEM.npz]

PROBLEM.npz holds events `t` (steps), `ch` (channels), example b from `start[b]` to `start[b + 1]`, `label`,
and weights `w_in`, `w_rec`, `w_out` as [post, pre]; random ones of that size are made without it. Weights
stay as they are, since activity would grow with them: the learning rate is tiny.
"""

import resource
import sys
import time

import numpy as np

from saltus import Connection, Network, Population
from saltus.compilers import EventPropCompiler, SurrogateCompiler
from saltus.connectivity import Dense
from saltus.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from saltus.optimisers import Adam
from saltus.synapses import Exponential
from saltus.utils.data import preprocess_spikes, to_grid_spikes

BATCH, STEPS, REPEATS = 32, 1000, 20


def random_problem():
    random = np.random.default_rng(1)
    count = 8000
    weights = {
        "w_in": random.normal(0.0, 0.022, (256, 700)),
        "w_rec": random.normal(0.0, 0.0116, (256, 256)),
        "w_out": random.normal(0.0, 0.036, (20, 256)),
    }
    return {
        "t": random.integers(0, STEPS, BATCH * count),
        "ch": random.integers(0, 700, BATCH * count),
        "start": np.arange(BATCH + 1) * count,
        "label": random.integers(0, 20, BATCH),
        **weights,
    }


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


problem = np.load(sys.argv[1]) if len(sys.argv) > 1 else random_problem()
begin = problem["start"]
spikes = [
    preprocess_spikes(
        problem["t"][begin[b] : begin[b + 1]].astype(float),
        problem["ch"][begin[b] : begin[b + 1]].astype(int),
        700,
    )
    for b in range(BATCH)
]
with Network() as network:
    inputs = Population(SpikeInput(), 700)
    hidden = Population(LeakyIntegrateFire(relative_reset=False), 256)
    output = Population(LeakyIntegrate(readout="avg_var"), 20)
    for source, target, name in (
        (inputs, hidden, "w_in"),
        (hidden, hidden, "w_rec"),
        (hidden, output, "w_out"),
    ):
        Connection(source, target, Dense(problem[name].T.astype(float)), Exponential(5.0))
labels = {output: problem["label"].astype(int)}
# As lists, which are put on the grid in every run, and put on it once for all runs.
lists = {inputs: spikes}
on_grid = {inputs: to_grid_spikes(spikes, 1.0, STEPS + 1)}
shared = {"optimiser": Adam(1e-12), "batch_size": BATCH, "threads": 1}
# A spike takes a step to arrive, so that the last ones need one more.
for compiler in (
    EventPropCompiler(STEPS + 1, "sparse_categorical_crossentropy", **shared),
    SurrogateCompiler(
        STEPS + 1, "sparse_categorical_crossentropy", surrogate="super_spike", **shared
    ),
):
    before = peak()
    compiled = compiler.compile(network)
    loss = compiled.loss(on_grid, labels)
    medians = {}
    for form, x in (("on the grid", on_grid), ("as lists", lists)):
        seconds = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            compiled.train(x, labels, 1, callbacks=())
            seconds.append(time.perf_counter() - start)
        medians[form] = (1000 * np.median(seconds), 1000 * min(seconds))
    count = np.mean([len(compiled.trace(lists, b).spikes[hidden][0]) for b in range(BATCH)])
    times = ", ".join(f"{form} {m:.1f} ms (fastest {f:.1f})" for form, (m, f) in medians.items())
    print(
        f"{type(compiler).__name__}, a batch {times}; {peak() - before:.0f} MiB more; "
        f"loss {loss:.4f}, {count:.0f} hidden spikes an example"
    )
print("elsewhere, one core: 1,140 to 1,990 ms and 435 to 808 MiB; fused by hand 620 ms, 416 MiB")
