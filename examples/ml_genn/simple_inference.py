"""Integrate-and-fire neurons with the weights of a rate network: a script for mlGeNN.

The weights come from weights_0_1.npy and weights_1_2.npy, which the script trains with NumPy and
writes when they are not there.
"""

import os
from argparse import ArgumentParser
from time import perf_counter

import numpy as np
from ml_genn import Connection, Network, Population
from ml_genn.callbacks import SpikeRecorder, VarRecorder
from ml_genn.compilers import InferenceCompiler
from ml_genn.connectivity import Dense
from ml_genn.neurons import IntegrateFire, SpikeInput
from ml_genn.utils.data import log_latency_encode_data

import fashion_mnist

BATCH_SIZE = 128
TIMESTEPS = 100

parser = ArgumentParser()
parser.add_argument("--images", type=int, default=10000, help="how many to test with")
parser.add_argument("--weights", default=".", help="folder of the weights")
args = parser.parse_args()


def train_rate_network():
    """Weights of 784-128-10 rectified units without biases, for pixels above the threshold."""
    rng = np.random.default_rng(1)
    x = (fashion_mnist.images("train").reshape(-1, 784) > 51).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[fashion_mnist.labels("train")]
    w1 = rng.normal(0, 0.05, (784, 128)).astype(np.float32)
    w2 = rng.normal(0, 0.1, (128, 10)).astype(np.float32)
    for epoch in range(3):
        order = rng.permutation(len(x))
        for first in range(0, len(x), 64):
            batch = order[first : first + 64]
            h = np.maximum(x[batch] @ w1, 0)
            z = h @ w2
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p = p / p.sum(axis=1, keepdims=True) - y[batch]
            w2_before = w2.copy()
            w2 -= 0.1 / 64 * h.T @ p
            w1 -= 0.1 / 64 * x[batch].T @ ((p @ w2_before.T) * (h > 0))
    # A hidden unit that is as active as they come spikes some ten times.
    scale = np.percentile(np.maximum(x[:5000] @ w1, 0), 99.5)
    return 50.0 * w1 / scale, 5.0 * w2


names = [os.path.join(args.weights, f"weights_{layer}.npy") for layer in ("0_1", "1_2")]
if not all(os.path.exists(name) for name in names):
    for name, weight in zip(names, train_rate_network()):
        np.save(name, weight)
weights = [np.load(name) for name in names]

network = Network()
with network:
    input = Population(SpikeInput(max_spikes=BATCH_SIZE * 784), 784)
    hidden = Population(IntegrateFire(v_thresh=5.0), 128, record_spikes=True)
    output = Population(IntegrateFire(v_thresh=5.0, readout="spike_count"), 10)
    Connection(input, hidden, Dense(weights[0]))
    Connection(hidden, output, Dense(weights[1]))

images = fashion_mnist.images("t10k")[: args.images]
labels = fashion_mnist.labels("t10k")[: args.images]
spikes = log_latency_encode_data(images, 20.0, 51)

compiler = InferenceCompiler(evaluate_timesteps=TIMESTEPS, batch_size=BATCH_SIZE)
compiled_net = compiler.compile(network)
with compiled_net:
    start = perf_counter()
    recorders = [
        SpikeRecorder(hidden, key="spikes", example_filter=[0, 1]),
        VarRecorder(output, "v", key="v", example_filter=0),
    ]
    metrics, data = compiled_net.evaluate(
        {input: spikes}, {output: labels}, callbacks=["batch_progress_bar", *recorders]
    )
    print(f"accuracy {100 * metrics[output].result:.2f} %, {perf_counter() - start:.2f} s")
    print(f"{len(data['spikes'][0][0])} hidden spikes in the first example, v {data['v'][0].shape}")

    # The first batch once more, one timestep after the other.
    compiled_net.genn_model.custom_update("Reset")
    compiled_net.genn_model.timestep = 0
    compiled_net.set_input({input: spikes[:BATCH_SIZE]})
    while compiled_net.genn_model.timestep < TIMESTEPS:
        compiled_net.step_time()
    v = compiled_net.neuron_populations[hidden].vars["V"]
    v.pull_from_device()
    count = min(BATCH_SIZE, len(labels))
    best = compiled_net.get_readout(output)[:count].argmax(axis=1)
    print(f"by hand {100 * np.mean(best == labels[:count]):.2f} %, mean V {v.view.mean():.3f}")
