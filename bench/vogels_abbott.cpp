// The benchmark network of Vogels and Abbott (J. Neurosci. 25, 10786, 2005) with currents for
// synapses: 3,200 excitatory and 800 inhibitory neurons, each pair connected with a probability of
// 10 %. Prints seconds a second of biology, the mean rate and synaptic events a second.
//
// usage: vogels_abbott [seconds of biology = 10] [runs = 5]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/connectivity/fixed_probability.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/network/network.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

namespace {

using namespace saltus;

constexpr std::size_t kExcitatory = 3200;
constexpr std::size_t kInhibitory = 800;
constexpr double kProbability = 0.1;
// Millivolt, at which the neurons spike with 7 to 8 Hz.
constexpr double kExcitatoryWeight = 0.016;
constexpr double kInhibitoryWeight = -0.204;

/// Voltages are relative to rest, -49 mV, which is above the threshold of -50 mV.
LeakyIntegrateFire neuron() {
    LeakyIntegrateFireOptions options;
    options.v_thresh = -1.0;
    options.v_reset = -11.0;
    options.v = Uniform(-11.0, -1.0);
    options.tau_mem = 20.0;
    options.tau_refrac = 5.0;
    options.relative_reset = false;
    options.integrate_during_refrac = false;
    options.scale_i = true;
    options.readout = std::make_shared<SpikeCount>();
    return LeakyIntegrateFire(options);
}

CompiledNetwork compile(std::size_t steps) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{1}, "input");
    Population& exc = network.population(neuron(), Shape{kExcitatory}, "excitatory");
    Population& inh = network.population(neuron(), Shape{kInhibitory}, "inhibitory");
    network.connect(input, exc, FixedProbability(1.0, 0.0), Exponential(5.0));
    for (Population* target : {&exc, &inh}) {
        network.connect(exc, *target, FixedProbability(kProbability, kExcitatoryWeight),
                        Exponential(5.0));
        network.connect(inh, *target, FixedProbability(kProbability, kInhibitoryWeight),
                        Exponential(10.0));
    }
    InferenceOptions options;
    options.evaluate_timesteps = steps;
    options.batch_size = 1;
    options.matrix_types = {MatrixType::kSparse};
    options.backend.threads = 1;
    return InferenceCompiler(options).compile(network);
}

/// Spikes of a population times the synapses that they reach.
double num_events(const CompiledNetwork& network, const std::string& population,
                  const std::vector<double>& counts) {
    double events = 0.0;
    for (const std::string target : {"excitatory", "inhibitory"}) {
        for (const std::uint32_t pre : network.synapses(population + "->" + target).pre)
            events += counts[pre];
    }
    return events;
}

void run(double biology, std::size_t runs) {
    const auto steps = static_cast<std::size_t>(biology * 1000.0);
    CompiledNetwork network = compile(steps);
    const auto silence = std::make_shared<SpikeTrains>(1);
    silence->append(std::span<const Spike>{});
    std::vector<double> seconds;
    std::map<std::string, Array> counts;
    for (std::size_t k = 0; k < runs; ++k) {
        const auto start = std::chrono::steady_clock::now();
        counts = network.predict({{"input", std::shared_ptr<const SpikeTrains>(silence)}});
        const auto end = std::chrono::steady_clock::now();
        seconds.push_back(std::chrono::duration<double>(end - start).count());
    }
    double spikes = 0.0;
    double events = 0.0;
    for (const auto& [population, values] : counts) {
        for (const double count : values.values)
            spikes += count;
        events += num_events(network, population, values.values);
    }
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    const double neurons = kExcitatory + kInhibitory;
    fmt::print("{} neurons at {:.2f} Hz for {} s of biology, 1 ms steps, one thread\n", neurons,
               spikes / neurons / biology, biology);
    fmt::print("{:.4f} s a second of biology (median of {}; min {:.4f}), {:.2f} us a step\n",
               median / biology, runs, seconds.front() / biology,
               median / static_cast<double>(steps) * 1e6);
    fmt::print("{:.2f} G synaptic events/s, {:.0f} events a step\n", events / median * 1e-9,
               events / static_cast<double>(steps));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? std::max(0.001, std::atof(argv[1])) : 10.0,
            argc > 2 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) : 5);
    } catch (const saltus::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
