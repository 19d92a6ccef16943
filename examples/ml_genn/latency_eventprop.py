"""Latencies of pixels, trained with EventProp: a script for mlGeNN.

python latency_eventprop.py --epochs 3, or python -m saltus.compat latency_eventprop.py --epochs 3
"""

from argparse import ArgumentParser
from time import perf_counter

import numpy as np
from ml_genn import InputLayer, Layer, SequentialNetwork
from ml_genn.callbacks import Callback, Checkpoint, OptimiserParamSchedule, SpikeRecorder
from ml_genn.compilers import EventPropCompiler, InferenceCompiler
from ml_genn.compilers.event_prop_compiler import default_params
from ml_genn.connectivity import Dense
from ml_genn.initializers import Normal
from ml_genn.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from ml_genn.optimisers import Adam
from ml_genn.serialisers import Numpy
from ml_genn.synapses import Exponential
from ml_genn.utils.data import calc_latest_spike_time, linear_latency_encode_data

import fashion_mnist

NUM_INPUT = 784
NUM_HIDDEN = 128
NUM_OUTPUT = 10
BATCH_SIZE = 32
EXAMPLE_TIME = 20.0
DT = 1.0

parser = ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--images", type=int, default=60000, help="how many to train with")
parser.add_argument("--checkpoints", default="latency_checkpoints", help="folder of weights")
args = parser.parse_args()


class Announce(Callback):
    """Tells how epochs end."""

    def on_epoch_end(self, epoch, metrics):
        print(f"epoch {epoch}: training accuracy {100 * metrics[output].result:.2f} %")


train_labels = fashion_mnist.labels("train")[: args.images]
train_spikes = linear_latency_encode_data(
    fashion_mnist.images("train")[: args.images], EXAMPLE_TIME - 2.0 * DT, 2.0 * DT
)
test_labels = fashion_mnist.labels("t10k")
test_spikes = linear_latency_encode_data(
    fashion_mnist.images("t10k"), EXAMPLE_TIME - 2.0 * DT, 2.0 * DT
)
steps = int(np.ceil(EXAMPLE_TIME / DT))
assert calc_latest_spike_time(train_spikes) < EXAMPLE_TIME

serialiser = Numpy(args.checkpoints)
network = SequentialNetwork(default_params)
with network:
    input = InputLayer(SpikeInput(max_spikes=BATCH_SIZE * NUM_INPUT), NUM_INPUT)
    hidden = Layer(
        Dense(Normal(mean=0.078, sd=0.045)),
        LeakyIntegrateFire(v_thresh=1.0, tau_mem=20.0, tau_refrac=None),
        NUM_HIDDEN,
        Exponential(5.0),
        record_spikes=True,
    )
    output = Layer(
        Dense(Normal(mean=0.2, sd=0.37)),
        LeakyIntegrate(tau_mem=20.0, readout="avg_var"),
        NUM_OUTPUT,
        Exponential(5.0),
    )

compiler = EventPropCompiler(
    example_timesteps=steps,
    losses="sparse_categorical_crossentropy",
    optimiser=Adam(1e-2),
    batch_size=BATCH_SIZE,
)
compiled_net = compiler.compile(network)

with compiled_net:
    start = perf_counter()
    callbacks = [
        "batch_progress_bar",
        Announce(),
        Checkpoint(serialiser),
        OptimiserParamSchedule("alpha", lambda epoch, alpha: 1e-2 * 0.7**epoch),
        SpikeRecorder(hidden, key="counts", record_counts=True, example_filter=range(100)),
    ]
    metrics, data = compiled_net.train(
        {input: train_spikes},
        {output: train_labels},
        num_epochs=args.epochs,
        shuffle=True,
        callbacks=callbacks,
    )
    print(f"trained in {perf_counter() - start:.2f} s")
    print(f"{np.mean(data['counts']):.2f} spikes of a hidden neuron in an example")
    weights = compiled_net.connection_populations[hidden.connection()].vars["g"]
    weights.pull_from_device()
    print(f"largest weight {weights.view.reshape((NUM_INPUT, NUM_HIDDEN)).max():.3f}")

network.load((args.epochs - 1,), serialiser)
compiler = InferenceCompiler(
    evaluate_timesteps=steps, reset_in_syn_between_batches=True, batch_size=BATCH_SIZE
)
compiled_net = compiler.compile(network)

with compiled_net:
    metrics, _ = compiled_net.evaluate({input: test_spikes}, {output: test_labels})
    print(f"test accuracy {100 * metrics[output].result:.2f} %")
