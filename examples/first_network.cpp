// A spiking network in C++: one hidden layer learns Fashion-MNIST with EventProp.
//
// usage: first_network [folder with the idx files] [images = 60000]
#include <cstdio>
#include <cstdlib>
#include <string>

#include <saltus/saltus.hpp>

using namespace saltus;

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
    const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 60000;
    try {
        const ImageDataset train = take(read_image_dataset(folder + "/train-images-idx3-ubyte.gz",
                                                           folder + "/train-labels-idx1-ubyte.gz"),
                                        0, count);
        const ImageDataset test = read_image_dataset(folder + "/t10k-images-idx3-ubyte.gz",
                                                     folder + "/t10k-labels-idx1-ubyte.gz");

        // One spike a pixel, the brighter the earlier, between 2 and 14 ms.
        const LatencyEncoder encoder = LatencyEncoder::linear(14.0, 2.0);
        const auto train_spikes =
            std::make_shared<const GridSpikes>(encoder.encode(train, 1.0, 20));
        const auto test_spikes = std::make_shared<const GridSpikes>(encoder.encode(test, 1.0, 20));

        SequentialNetwork network(EventPropCompiler::default_params());
        network.input(SpikeInput(), Shape{784}, "input");
        network.layer(Dense(Normal(0.078, 0.045)), LeakyIntegrateFire({.tau_mem = 20.0}),
                      Exponential(5.0), Shape{128}, "hidden");
        network.layer(Dense(Normal(0.2, 0.37)),
                      LeakyIntegrate({.tau_mem = 20.0, .readout = std::make_shared<AvgVar>()}),
                      Exponential(5.0), Shape{10}, "output");

        CompiledTrainingNetwork compiled =
            EventPropCompiler({.example_timesteps = 20, .optimiser = Adam{.alpha = 0.01}})
                .compile(network);
        for (std::size_t epoch = 0; epoch < 3; ++epoch) {
            const EpochResult result =
                compiled.train({{"input", train_spikes}}, {{"output", train.labels}},
                               {.num_epochs = 1, .start_epoch = epoch})[0];
            const Metrics metrics =
                compiled.evaluate({{"input", test_spikes}}, {{"output", test.labels}});
            std::printf("epoch %zu: loss %.4f, test accuracy %.2f %%, %.2f s\n", epoch,
                        result.metrics.at("loss"), 100.0 * metrics.at("accuracy"), result.seconds);
        }
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
