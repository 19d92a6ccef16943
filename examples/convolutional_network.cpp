// A spiking convolutional network in C++: examples/fashion_mnist_conv.toml as a program.
//
// usage: convolutional_network [folder with the idx files] [images = 60000] [epochs = 6]
#include <cstdio>
#include <cstdlib>
#include <string>

#include <saltus/saltus.hpp>

using namespace saltus;

namespace {

constexpr std::size_t kSteps = 14;
constexpr std::size_t kLevels = 8;

/// Each pixel as eight neurons: the brighter, the more of them spike, all at 1 ms.
std::shared_ptr<const GridSpikes> spikes_of(const ImageDataset& images) {
    const LatencyEncoder at_once = LatencyEncoder::linear(1.0, 1.0);
    return std::make_shared<const GridSpikes>(
        at_once.encode(thermometer(images, kLevels), 1.0, kSteps));
}

SequentialNetwork describe() {
    SequentialNetwork network(EventPropCompiler::default_params());
    network.input(SpikeInput(), Shape{28, 28, kLevels}, "input");
    // Shapes follow from the connectivity: 28 x 28 x 32 and, behind a pool, 14 x 14 x 64.
    network.layer(Conv2D(Normal(0.05, 0.7), 32, 3, false, 1, PadMode::kSame), LeakyIntegrateFire(),
                  Exponential(5.0), {}, "edges");
    network.layer(AvgPoolConv2D(Normal(0.1, 1.0), 64, 2, 3, false, 2, 1, PadMode::kSame),
                  LeakyIntegrateFire(), Exponential(5.0), {}, "parts");
    network.layer(AvgPoolDense2D(Normal(0.0, 0.5), 2),
                  LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Exponential(5.0),
                  Shape{10}, "output");
    return network;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
    const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 60000;
    const std::size_t epochs = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 6;
    try {
        const ImageDataset train = take(read_image_dataset(folder + "/train-images-idx3-ubyte.gz",
                                                           folder + "/train-labels-idx1-ubyte.gz"),
                                        0, count);
        const ImageDataset test = read_image_dataset(folder + "/t10k-images-idx3-ubyte.gz",
                                                     folder + "/t10k-labels-idx1-ubyte.gz");
        CompiledTrainingNetwork network =
            EventPropCompiler({.example_timesteps = kSteps,
                               .loss = std::make_shared<SparseCategoricalCrossentropy>(1.0 / 3.0),
                               .optimiser = Adam{.alpha = 0.015},
                               .min_slope = 0.05})
                .compile(describe());
        // In each epoch every image is moved by up to a pixel, and half of them are mirrored.
        const SpikeAugmentation augmentation(
            {std::make_shared<ShiftNeurons>(Shape{28, 28}, std::vector<std::size_t>{1, 1}),
             std::make_shared<MirrorNeurons>(Shape{28, 28}, 1)});
        TrainOptions options;
        options.num_epochs = epochs;
        options.schedule = cosine_schedule;
        options.augment = [&](std::size_t epoch) {
            return Dataset{{{"input", spikes_of(augmentation.apply(train, epoch))}},
                           {{"output", train.labels}}};
        };
        const auto results =
            network.train({{"input", spikes_of(train)}}, {{"output", train.labels}}, options);
        for (const EpochResult& result : results) {
            std::printf("epoch %zu: loss %.4f, training accuracy %.2f %%, %.1f s\n", result.epoch,
                        result.metrics.at("loss"), 100.0 * result.metrics.at("accuracy"),
                        result.seconds);
        }
        const Metrics metrics =
            network.evaluate({{"input", spikes_of(test)}}, {{"output", test.labels}});
        std::printf("test accuracy %.2f %%\n", 100.0 * metrics.at("accuracy"));
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
