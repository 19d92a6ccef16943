// A million neurons connected to a million neurons with a hundred synapses each, of which none is
// in memory: PROCEDURAL rows are computed whenever their neuron spikes.
//
// usage: million_neurons [neurons = 1000000] [timesteps = 100]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <sys/resource.h>
#include <saltus/saltus.hpp>

using namespace saltus;

namespace {

double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// One example in which every neuron spikes once, at a random step.
std::shared_ptr<const GridSpikes> one_spike_each(std::size_t neurons, std::size_t steps) {
    const RandomStream stream(1, RandomPurpose::kPoissonInput, 0);
    std::vector<std::vector<std::uint32_t>> by_step(steps);
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        const std::size_t step = stream.words(neuron)[0] % steps;
        by_step[step].push_back(static_cast<std::uint32_t>(neuron));
    }
    SpikeList list;
    list.step_begin.push_back(0);
    for (const std::vector<std::uint32_t>& spikes : by_step) {
        list.neurons.insert(list.neurons.end(), spikes.begin(), spikes.end());
        list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
    }
    auto grid = std::make_shared<GridSpikes>(neurons, steps, 1.0);
    grid->append(list);
    return grid;
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t neurons = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    const std::size_t steps = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100;
    try {
        const auto spikes = one_spike_each(neurons, steps);
        const double before = peak_mebibytes();
        Network network;
        Population& source = network.population(SpikeInput(), Shape{neurons}, "source");
        Population& target =
            network.population(LeakyIntegrateFire({.readout = std::make_shared<SpikeCount>()}),
                               Shape{neurons}, "target");
        network.connect(source, target, FixedNumberPost(100, 0.02), Exponential(5.0));
        CompiledNetwork compiled = InferenceCompiler({.evaluate_timesteps = steps,
                                                      .batch_size = 1,
                                                      .matrix_types = {MatrixType::kProcedural}})
                                       .compile(network);
        const auto start = std::chrono::steady_clock::now();
        const auto counts = compiled.predict({{"source", spikes}});
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        double spiked = 0.0;
        for (const double count : counts.at("target").values)
            spiked += count;
        std::printf("%zu neurons, %zu synapses, %zu steps in %.2f s; %.0f spikes\n", neurons,
                    neurons * 100, steps, seconds, spiked);
        std::printf(
            "%.0f bytes a neuron and none a synapse; as compressed rows the synapses alone "
            "would take %zu MiB\n",
            (peak_mebibytes() - before) * 1048576.0 / static_cast<double>(neurons),
            neurons * 100 * 8 >> 20U);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
