// e-prop on digits: 784 -> 128 LIF -> 10 leaky integrators, 80 steps, log-latency encoding, a loss
// of every timestep, Adam. Prints seconds per 1,000 images, the accuracy of each epoch, and the
// time that mlGeNN needs for the same work on a CPU (measured elsewhere: 42 s, 5.7 s where the CPU
// flushes denormal numbers).
//
// usage: e_prop_mnist IMAGES LABELS [threads = 1] [epochs = 5]      idx files, plain or gzipped
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/e_prop_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/delta.hpp>

#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;

constexpr std::size_t kDigitSteps = 80;
// 20 ms but for the faintest pixels, which spike in the last step.
constexpr double kTauEff = 19.99;

SequentialNetwork digits_network() {
    SequentialNetwork network(EPropCompiler::default_params());
    network.input(SpikeInput(), Shape{784}, "input");
    LeakyIntegrateFireOptions hidden;
    hidden.v_thresh = 0.61;
    hidden.tau_mem = 20.0;
    hidden.tau_refrac = 5.0;
    network.layer(Dense(Normal(0.0, 1.0 / std::sqrt(784.0))), LeakyIntegrateFire(hidden), Delta(),
                  Shape{kHidden}, "hidden");
    network.layer(Dense(Normal(0.0, 1.0 / std::sqrt(double(kHidden)))),
                  LeakyIntegrate({.tau_mem = 20.0, .readout = std::make_shared<SumVar>()}), Delta(),
                  Shape{10}, "output");
    return network;
}

void run(const ImageDataset& images, int threads, std::size_t epochs) {
    const auto spikes = std::make_shared<const GridSpikes>(
        LatencyEncoder::logarithmic(kTauEff, 51).encode(images, 1.0, kDigitSteps, threads));
    fmt::print("{} images, {:.1f} spikes an image\n", images.num_images,
               double(spikes->num_spikes()) / double(images.num_images));
    EPropOptions options;
    options.example_timesteps = kDigitSteps;
    options.batch_size = kBatch;
    options.optimiser = Adam{.alpha = 0.003};
    options.backend.threads = threads;
    CompiledTrainingNetwork network = EPropCompiler(options).compile(digits_network());
    std::vector<double> seconds;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        TrainOptions training;
        training.start_epoch = epoch;
        const auto result =
            network.train({{"input", spikes}}, {{"output", images.labels}}, training);
        seconds.push_back(result[0].seconds * 1000.0 / double(images.num_images));
        fmt::print("epoch {}: {:.4f} s per 1,000 images, loss {:.4f}, accuracy {:.4f}\n", epoch,
                   seconds.back(), result[0].metrics.at("loss"), result[0].metrics.at("accuracy"));
    }
    fmt::print("{} threads: {:.4f} s per 1,000 images (median; fastest {:.4f}); mlGeNN 42 s\n",
               network.threads(), median(seconds),
               *std::min_element(seconds.begin(), seconds.end()));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr, "usage: e_prop_mnist IMAGES LABELS [threads = 1] [epochs = 5]\n");
        return 2;
    }
    try {
        const int threads = argc > 3 ? std::atoi(argv[3]) : 1;
        const int epochs = argc > 4 ? std::atoi(argv[4]) : 5;
        run(read_image_dataset(argv[1], argv[2]), threads, static_cast<std::size_t>(epochs));
    } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
