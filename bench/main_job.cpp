#include "main_job.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

namespace saltus::bench {

ImageDataset load_images() {
    const std::string folder = "/usr/share/datasets/fashion-mnist/";
    try {
        return read_image_dataset(folder + "train-images-idx3-ubyte.gz",
                                  folder + "train-labels-idx1-ubyte.gz");
    } catch (const Error& error) {
        fmt::print("{}\nusing random images instead\n", error.what());
    }
    ImageDataset images;
    images.image_shape = Shape{28, 28};
    images.num_images = 60000;
    std::uint32_t state = 1;
    for (std::size_t pixel = 0; pixel < images.num_images * 784; ++pixel) {
        state = state * 1664525U + 1013904223U;
        images.pixels.push_back((state >> 31) != 0 ? static_cast<std::uint8_t>(state >> 23) : 0);
    }
    for (std::size_t i = 0; i < images.num_images; ++i)
        images.labels.push_back(int(i % 10));
    return images;
}

std::shared_ptr<const GridSpikes> encode(const ImageDataset& images, int threads) {
    return std::make_shared<const GridSpikes>(
        LatencyEncoder::linear(18.0, 2.0).encode(images, 1.0, kSteps, threads));
}

SequentialNetwork main_job() {
    SequentialNetwork network(EventPropCompiler::default_params());
    network.input(SpikeInput(), Shape{784}, "input");
    network.layer(Dense(Normal(0.078, 0.045)), LeakyIntegrateFire(), Exponential(5.0),
                  Shape{kHidden}, "hidden");
    network.layer(Dense(Normal(0.2, 0.37)), LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                  Exponential(5.0), Shape{10}, "output");
    return network;
}

CompiledTrainingNetwork compile_main_job(int threads) {
    EventPropOptions options;
    options.example_timesteps = kSteps;
    options.batch_size = kBatch;
    options.optimiser = Adam{.alpha = 0.01};
    options.backend.threads = threads;
    return EventPropCompiler(options).compile(main_job());
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace saltus::bench
