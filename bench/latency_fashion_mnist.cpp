// The main job: 784 -> 128 LIF -> 10 leaky integrators, one spike a pixel, EventProp with Adam, on
// all of Fashion-MNIST (or on random images of the same density when it is not installed). Prints
// seconds for 60,000 images, synaptic events per second and the fraction of this machine's own
// floor, the bytes that must move over the bandwidth measured in the same run.
//
// usage: latency_fashion_mnist [threads = 1] [epochs = 5]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/network/sequential_network.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

#include "machine_limits.hpp"

namespace {

using namespace saltus;

constexpr std::size_t kHidden = 128;
constexpr std::size_t kSteps = 20;
constexpr std::size_t kBatch = 32;

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

CompiledTrainingNetwork compile(int threads) {
    SequentialNetwork network(EventPropCompiler::default_params());
    network.input(SpikeInput(), Shape{784}, "input");
    network.layer(Dense(Normal(0.078, 0.045)), LeakyIntegrateFire(), Exponential(5.0),
                  Shape{kHidden}, "hidden");
    network.layer(Dense(Normal(0.2, 0.37)), LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                  Exponential(5.0), Shape{10}, "output");
    EventPropOptions options;
    options.example_timesteps = kSteps;
    options.batch_size = kBatch;
    options.optimiser.alpha = 0.01;
    options.backend.threads = threads;
    return EventPropCompiler(options).compile(network);
}

/// Seconds in which the bytes of one epoch can move at best on one core.
double floor_seconds(std::size_t spikes, std::size_t images) {
    const double row = kHidden * sizeof(float);
    const double weights = 784 * row;
    const double adjoints = kBatch * kSteps * row;
    const double forward =
        static_cast<double>(spikes) * row / bench::read_bandwidth(std::size_t(weights));
    const double gradient =
        static_cast<double>(spikes) * row / bench::read_bandwidth(std::size_t(adjoints));
    const double batches = static_cast<double>(images) / kBatch;
    const double update = batches * 3 * weights / bench::update_bandwidth(std::size_t(3 * weights));
    fmt::print("floor of one core: forward {:.3f} s, gradient {:.3f} s, Adam {:.3f} s\n", forward,
               gradient, update);
    return forward + gradient + update;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

long peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

void run(int threads, std::size_t epochs) {
    const ImageDataset images = load_images();
    const long loaded = peak_mebibytes();
    const auto start = std::chrono::steady_clock::now();
    const auto spikes = std::make_shared<const GridSpikes>(
        LatencyEncoder::linear(18.0, 2.0).encode(images, 1.0, kSteps, threads));
    fmt::print("encoded once in {:.3f} s: {:.1f} spikes an image, {} MiB\n", seconds_since(start),
               double(spikes->num_spikes()) / double(images.num_images),
               spikes->memory_bytes() >> 20);
    CompiledTrainingNetwork network = compile(threads);
    std::vector<double> seconds;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        TrainOptions options;
        options.start_epoch = epoch;
        const auto result =
            network.train({{"input", spikes}}, {{"output", images.labels}}, options);
        seconds.push_back(result[0].seconds);
        fmt::print("epoch {}: {:.3f} s, loss {:.4f}, accuracy {:.4f}\n", epoch, result[0].seconds,
                   result[0].metrics.at("loss"), result[0].metrics.at("accuracy"));
    }
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    const double events = 2.0 * double(spikes->num_spikes()) * kHidden;
    const double floor = floor_seconds(spikes->num_spikes(), images.num_images);
    fmt::print(
        "{} threads: {:.3f} s for 60,000 images (median; min {:.3f}), {:.1f} G synaptic "
        "events/s forward and backward\n",
        network.threads(), median, seconds.front(), events / median * 1e-9);
    fmt::print(
        "floor of one core {:.3f} s: {:.0f} % of it reached ({:.0f} % in the fastest epoch)\n",
        floor, 100.0 * floor / median, 100.0 * floor / seconds.front());
    fmt::print("peak memory {} MiB, {} MiB with the images loaded\n", peak_mebibytes(), loaded);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? std::atoi(argv[1]) : 1,
            argc > 2 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) : 5);
    } catch (const saltus::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
