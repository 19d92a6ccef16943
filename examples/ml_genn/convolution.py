"""A convolution and a pool in front of a dense layer, trained with EventProp: a script for mlGeNN."""

from argparse import ArgumentParser

import numpy as np
from ml_genn import InputLayer, Layer, SequentialNetwork
from ml_genn.callbacks import SpikeRecorder
from ml_genn.compilers import EventPropCompiler
from ml_genn.compilers.event_prop_compiler import default_params
from ml_genn.connectivity import AvgPoolDense2D, Conv2D
from ml_genn.initializers import Normal
from ml_genn.neurons import LeakyIntegrate, LeakyIntegrateFire, SpikeInput
from ml_genn.optimisers import Adam
from ml_genn.synapses import Exponential
from ml_genn.utils.data import linear_latency_encode_data

import fashion_mnist

parser = ArgumentParser()
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--images", type=int, default=2000, help="how many to train with")
args = parser.parse_args()

network = SequentialNetwork(default_params)
with network:
    input = InputLayer(SpikeInput(), (28, 28, 1))
    conv = Layer(
        Conv2D(Normal(mean=0.4, sd=1.0), filters=8, conv_size=5, conv_strides=2, flatten=False),
        LeakyIntegrateFire(v_thresh=1.0, tau_mem=20.0),
        synapse=Exponential(5.0),
        name="conv",
    )
    output = Layer(
        AvgPoolDense2D(Normal(mean=0.0, sd=1.0), pool_size=2),
        LeakyIntegrate(tau_mem=20.0, readout="avg_var"),
        10,
        synapse=Exponential(5.0),
    )

images = fashion_mnist.images("train")[: args.images]
labels = fashion_mnist.labels("train")[: args.images]
spikes = linear_latency_encode_data(images, 18.0, 2.0)

compiler = EventPropCompiler(20, "sparse_categorical_crossentropy", Adam(5e-3), batch_size=32)
compiled_net = compiler.compile(network)
with compiled_net:
    recorder = SpikeRecorder(conv, key="conv", example_filter=[0])
    metrics, data = compiled_net.train(
        {input: spikes},
        {output: labels},
        num_epochs=args.epochs,
        callbacks=["batch_progress_bar", recorder],
    )
    print(f"training accuracy {100 * metrics[output].result:.2f} %")
    print(f"{len(data['conv'][0][-1])} spikes of the convolution in the first image")
    kernel = compiled_net.connection_populations[conv.connection()].vars["g"]
    kernel.pull_from_device()
    print(f"kernel of {kernel.view.size} weights, largest {np.abs(kernel.view).max():.3f}")
