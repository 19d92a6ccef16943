// A convolutional network: 34 x 34 x 2 -> Conv 3x3x32 -> LIF -> average pool 2 -> Conv 3x3x64 ->
// LIF -> average pool 2 -> Dense 3136 x 10, 100 steps of 1 ms, batches of 16, 2 % of the inputs
// spike in each step, about 0.5 % and 0.3 % of the neurons. Forward, backward and Adam with
// EventProp. Prints milliseconds a batch, the memory it adds and how many neurons spike.
//
// usage: convolutions [batches = 10] [threads = 1]
#include <algorithm>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <sys/resource.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;

constexpr std::size_t kTimesteps = 100;
constexpr std::size_t kImages = 16;
constexpr std::size_t kInputs = std::size_t{34} * 34 * 2;
constexpr double kInputRate = 0.02;

double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_maxrss) / 1024.0;
}

struct Problem {
    std::shared_ptr<SpikeTrains> spikes = std::make_shared<SpikeTrains>(kInputs);
    std::vector<std::int32_t> labels;

    Inputs inputs() const { return {{"input", std::shared_ptr<const SpikeTrains>(spikes)}}; }
    Labels targets() const { return {{"output", labels}}; }
};

Problem draw() {
    std::mt19937_64 random(1);
    std::bernoulli_distribution spikes_now(kInputRate);
    std::uniform_int_distribution<std::int32_t> label(0, 9);
    Problem problem;
    for (std::size_t image = 0; image < kImages; ++image) {
        std::vector<Spike> spikes;
        for (std::size_t step = 0; step < kTimesteps - 1; ++step) {
            for (std::uint32_t neuron = 0; neuron < kInputs; ++neuron) {
                if (spikes_now(random)) spikes.push_back({neuron, double(step)});
            }
        }
        problem.spikes->append(spikes);
        problem.labels.push_back(label(random));
    }
    return problem;
}

SequentialNetwork describe() {
    SequentialNetwork network(EventPropCompiler::default_params());
    network.input(SpikeInput(), Shape{34, 34, 2}, "input");
    network.layer(Conv2D(Normal(0.0, 1.4), 32, 3), LeakyIntegrateFire(), Exponential(5.0), {},
                  "first");
    network.layer(AvgPoolConv2D(Normal(0.0, 0.9), 64, 2, 3), LeakyIntegrateFire(), Exponential(5.0),
                  {}, "second");
    network.layer(AvgPoolDense2D(Normal(0.0, 0.05), 2),
                  LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Exponential(5.0),
                  Shape{10}, "output");
    return network;
}

/// Spikes of a neuron and timestep, in the mean of all examples.
double rate(CompiledTrainingNetwork& network, const Problem& problem, const char* population,
            std::size_t neurons) {
    double spikes = 0.0;
    for (std::size_t image = 0; image < kImages; ++image)
        spikes +=
            double(network.trace(problem.inputs(), image).spikes.at(population).neurons.size());
    return spikes / double(kImages * kTimesteps * neurons);
}

void run(std::size_t batches, int threads) {
    const Problem problem = draw();
    EventPropOptions options;
    options.example_timesteps = kTimesteps;
    // The weights stay as they are, since activity would grow with them.
    options.optimiser = Adam{.alpha = 1e-12};
    options.batch_size = kImages;
    options.backend.threads = threads;
    const double before = peak_mebibytes();
    CompiledTrainingNetwork network = EventPropCompiler(options).compile(describe());
    std::vector<double> milliseconds;
    for (std::size_t batch = 0; batch < batches; ++batch)
        milliseconds.push_back(1e3 *
                               network.train(problem.inputs(), problem.targets(), {})[0].seconds);
    const double more = peak_mebibytes() - before;
    fmt::print(
        "{} threads: {:.0f} ms a batch (fastest {:.0f}), {:.0f} MiB more; of the neurons "
        "{:.2f} % and {:.2f} % spike in a step\n",
        network.threads(), median(milliseconds),
        *std::min_element(milliseconds.begin(), milliseconds.end()), more,
        100.0 * rate(network, problem, "first", std::size_t{32} * 32 * 32),
        100.0 * rate(network, problem, "second", std::size_t{14} * 14 * 64));
    fmt::print(
        "elsewhere, one core: 2,300 to 2,600 ms and 2.7 to 3.4 GiB; fused by hand 1,970 ms\n");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(std::size_t(argc > 1 ? std::max(1, std::atoi(argv[1])) : 10),
            argc > 2 ? std::atoi(argv[2]) : 1);
    } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
