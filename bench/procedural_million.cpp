// A million inhibitory neurons with a hundred synapses each to each other, of which none is in
// memory: rows are made whenever their neuron spikes. Prints the memory above the neurons' own
// state and synaptic events a second, neuron updates included, beside what the memory allows: each
// event adds to a random place, and each step passes over all states.
//
// usage: procedural_million [neurons = 1000000] [timesteps = 200] [runs = 3]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/connectivity/fixed_number_post.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/network/network.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

#include "machine_limits.hpp"

namespace {

using namespace saltus;

constexpr std::size_t kSynapses = 100;
// Millivolt: holds the neurons, whose rest lies above their threshold, at a few Hz.
constexpr double kWeight = -0.2;

double peak_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024.0;
}

/// Voltages are relative to rest.
LeakyIntegrateFire neuron() {
    LeakyIntegrateFireOptions options;
    options.v_thresh = -1.0;
    options.v_reset = -11.0;
    options.v = Uniform(-11.0, -1.0);
    options.tau_refrac = 5.0;
    options.relative_reset = false;
    options.scale_i = true;
    options.readout = std::make_shared<SpikeCount>();
    return LeakyIntegrateFire(options);
}

CompiledNetwork compile(std::size_t neurons, std::size_t steps) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{1}, "input");
    Population& population = network.population(neuron(), Shape{neurons}, "neurons");
    network.connect(input, population, FixedNumberPost(1, 0.0), Exponential(5.0));
    network.connect(population, population, FixedNumberPost(kSynapses, kWeight), Exponential(5.0));
    InferenceOptions options;
    options.evaluate_timesteps = steps;
    options.batch_size = 1;
    options.matrix_types = {MatrixType::kProcedural};
    options.backend.threads = 1;
    return InferenceCompiler(options).compile(network);
}

/// What has to be there for each neuron: its states and its input in float32, spikes in bits.
double state_bytes(const PopulationPlan& population) {
    const NeuronKernel& kernel = population.kernel;
    const std::size_t refractory = kernel.refractory ? 1 : 0;
    const std::size_t rows = kernel.num_states() + 2 * kernel.num_groups() + refractory + 1;
    return static_cast<double>(population.size) * (4.0 * static_cast<double>(rows) + 0.125);
}

/// Seconds of a step in which the memory could do what has to be done.
double floor_seconds(double neurons, double state, double events) {
    const auto input = static_cast<std::size_t>(neurons * 4.0);
    return state / bench::update_bandwidth(static_cast<std::size_t>(state)) +
           events / bench::random_update_rate(input);
}

void run(std::size_t neurons, std::size_t steps, std::size_t runs) {
    const double before = peak_bytes();
    CompiledNetwork network = compile(neurons, steps);
    auto silence = std::make_shared<SpikeTrains>(1);
    silence->append(std::span<const Spike>{});
    const Inputs inputs{{"input", std::shared_ptr<const SpikeTrains>(silence)}};
    std::vector<double> seconds;
    double spikes = 0.0;
    for (std::size_t k = 0; k < runs; ++k) {
        const auto start = std::chrono::steady_clock::now();
        const auto counts = network.predict(inputs);
        const auto end = std::chrono::steady_clock::now();
        seconds.push_back(std::chrono::duration<double>(end - start).count());
        spikes = 0.0;
        for (const double count : counts.at("neurons").values)
            spikes += count;
    }
    const double peak = peak_bytes() - before;
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    const double state = state_bytes(network.plan().populations[1]);
    fmt::print("{} neurons, {} synapses, {} steps of 1 ms, {:.2f} Hz, one thread\n", neurons,
               neurons * kSynapses, steps, spikes / static_cast<double>(neurons * steps) * 1000.0);
    fmt::print(
        "{:.3f} s (median of {}; min {:.3f}), {:.2f} ms a step, {:.3f} G synaptic events/s\n",
        median, runs, seconds.front(), median / static_cast<double>(steps) * 1e3,
        spikes * kSynapses / median * 1e-9);
    const double floor = floor_seconds(static_cast<double>(neurons), state,
                                       spikes * kSynapses / static_cast<double>(steps)) *
                         static_cast<double>(steps);
    fmt::print("the memory alone would take {:.3f} s: {:.0f} % of its limit reached\n", floor,
               100.0 * floor / median);
    fmt::print("memory: {:.1f} MiB, {:.1f} MiB above the neurons' state of {:.1f} MiB\n",
               peak / 1048576.0, (peak - state) / 1048576.0, state / 1048576.0);
    fmt::print("as compressed rows the synapses alone would take {} MiB\n",
               neurons * kSynapses * 8 / 1048576);
}

std::size_t argument(int argc, char** argv, int index, std::size_t otherwise) {
    return argc > index ? std::max<std::size_t>(1, std::strtoul(argv[index], nullptr, 10))
                        : otherwise;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argument(argc, argv, 1, 1'000'000), argument(argc, argv, 2, 200),
            argument(argc, argv, 3, 3));
    } catch (const saltus::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
