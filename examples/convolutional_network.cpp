// A spiking convolutional network in C++: examples/fashion_mnist_conv.toml as a program.
//
// usage: convolutional_network [folder with the idx files] [images = 60000] [epochs = 3]
#include <cstdio>
#include <cstdlib>
#include <string>

#include <saltus/saltus.hpp>

using namespace saltus;

namespace {

SequentialNetwork describe() {
    SequentialNetwork network(EventPropCompiler::default_params());
    network.input(SpikeInput(), Shape{28, 28, 1}, "input");
    // Shapes follow from the connectivity: 24 x 24 x 8, 12 x 12 x 8, 8 x 8 x 32.
    network.layer(Conv2D(Normal(0.4, 4.0), 8, 5), LeakyIntegrateFire(), Exponential(5.0), {},
                  "edges");
    network.layer(AvgPool2D(2), LeakyIntegrateFire({.v_thresh = 0.05}), Exponential(5.0), {},
                  "pooled");
    network.layer(Conv2D(Normal(0.05, 0.5), 32, 5), LeakyIntegrateFire(), Exponential(5.0), {},
                  "parts");
    network.layer(AvgPoolDense2D(Normal(0.0, 0.8), 2),
                  LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Exponential(5.0),
                  Shape{10}, "output");
    return network;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
    const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 60000;
    const std::size_t epochs = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 3;
    try {
        const ImageDataset train = take(read_image_dataset(folder + "/train-images-idx3-ubyte.gz",
                                                           folder + "/train-labels-idx1-ubyte.gz"),
                                        0, count);
        const ImageDataset test = read_image_dataset(folder + "/t10k-images-idx3-ubyte.gz",
                                                     folder + "/t10k-labels-idx1-ubyte.gz");
        const LatencyEncoder encoder = LatencyEncoder::linear(8.0, 1.0);
        const auto train_spikes =
            std::make_shared<const GridSpikes>(encoder.encode(train, 1.0, 20));
        const auto test_spikes = std::make_shared<const GridSpikes>(encoder.encode(test, 1.0, 20));

        CompiledTrainingNetwork network =
            EventPropCompiler({.example_timesteps = 20,
                               .loss = std::make_shared<SparseCategoricalCrossentropy>(1.0 / 3.0),
                               .optimiser = Adam{.alpha = 0.02},
                               .min_slope = 0.05})
                .compile(describe());
        const auto results = network.train({{"input", train_spikes}}, {{"output", train.labels}},
                                           {.num_epochs = epochs, .schedule = cosine_schedule});
        for (const EpochResult& result : results) {
            std::printf("epoch %zu: loss %.4f, training accuracy %.2f %%, %.1f s\n", result.epoch,
                        result.metrics.at("loss"), 100.0 * result.metrics.at("accuracy"),
                        result.seconds);
        }
        const Metrics metrics =
            network.evaluate({{"input", test_spikes}}, {{"output", test.labels}});
        std::printf("test accuracy %.2f %%\n", 100.0 * metrics.at("accuracy"));
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
