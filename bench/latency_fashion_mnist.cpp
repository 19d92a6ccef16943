// The main job: 784 -> 128 LIF -> 10 leaky integrators, one spike a pixel, EventProp with Adam, on
// all of Fashion-MNIST (or on random images of the same density when it is not installed). Prints
// seconds for 60,000 images, synaptic events per second and the fraction of this machine's own
// floor, the bytes that must move over the bandwidth measured in the same run.
//
// usage: latency_fashion_mnist [threads = 1] [epochs = 5]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <saltus/common/errors.hpp>

#include "machine_limits.hpp"
#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;

/// Seconds in which the bytes of one epoch can move at best on one core.
double floor_seconds(std::size_t spikes, std::size_t images) {
    const double row = kHidden * sizeof(float);
    const double weights = 784 * row;
    const double adjoints = kBatch * kSteps * row;
    const double forward = static_cast<double>(spikes) * row / read_bandwidth(std::size_t(weights));
    const double gradient =
        static_cast<double>(spikes) * row / read_bandwidth(std::size_t(adjoints));
    const double batches = static_cast<double>(images) / kBatch;
    const double update = batches * 3 * weights / update_bandwidth(std::size_t(3 * weights));
    fmt::print("floor of one core: forward {:.3f} s, gradient {:.3f} s, Adam {:.3f} s\n", forward,
               gradient, update);
    return forward + gradient + update;
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
    const auto spikes = encode(images, threads);
    fmt::print("encoded once in {:.3f} s: {:.1f} spikes an image, {} MiB\n", seconds_since(start),
               double(spikes->num_spikes()) / double(images.num_images),
               spikes->memory_bytes() >> 20);
    CompiledTrainingNetwork network = compile_main_job(threads);
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
    const double middle = median(seconds);
    const double fastest = *std::min_element(seconds.begin(), seconds.end());
    const double events = 2.0 * double(spikes->num_spikes()) * kHidden;
    const double floor = floor_seconds(spikes->num_spikes(), images.num_images);
    fmt::print(
        "{} threads: {:.3f} s for 60,000 images (median; min {:.3f}), {:.1f} G synaptic "
        "events/s forward and backward\n",
        network.threads(), middle, fastest, events / middle * 1e-9);
    fmt::print(
        "floor of one core {:.3f} s: {:.0f} % of it reached ({:.0f} % in the fastest epoch)\n",
        floor, 100.0 * floor / middle, 100.0 * floor / fastest);
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
