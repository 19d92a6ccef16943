// A recurrent network on long examples: 700 -> 256 LIF, recurrent -> 20 leaky integrators, 1,000
// steps of 1 ms, batches of 32; 8,000 input spikes and about 5,600 hidden spikes an example.
// Forward, backward and Adam with EventProp and with surrogate gradients. Prints milliseconds a
// batch, the memory it adds, and what this machine needs to read the rows of weights and adjoints
// that the spikes ask for from its second cache level, measured in between: the floor of EventProp.
// (`shd_like.py` is the same from Python, on given spikes and weights.)
//
// usage: recurrent [batches = 20] [threads = 1]
//        [event_prop | surrogate | checkpoints (every 32 steps)]      the first two when none is
//        given
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <sys/resource.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/compilers/surrogate_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

#include "machine_limits.hpp"
#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;

constexpr std::size_t kChannels = 700;
constexpr std::size_t kNeurons = 256;
constexpr std::size_t kClasses = 20;
constexpr std::size_t kDuration = 1000;
// A spike takes a step to arrive, so that the last ones need one more.
constexpr std::size_t kTimesteps = kDuration + 1;
constexpr std::size_t kInputSpikes = 8000;

double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_maxrss) / 1024.0;
}

struct Problem {
    std::shared_ptr<const GridSpikes> spikes;
    std::vector<std::int32_t> labels;

    Inputs inputs() const { return {{"input", spikes}}; }
    Labels targets() const { return {{"output", labels}}; }
};

Problem draw() {
    std::mt19937_64 random(1);
    std::uniform_int_distribution<std::uint32_t> channel(0, kChannels - 1);
    std::uniform_int_distribution<int> step(0, kDuration - 1);
    std::uniform_int_distribution<std::int32_t> label(0, kClasses - 1);
    SpikeTrains trains(kChannels);
    Problem problem;
    for (std::size_t example = 0; example < kBatch; ++example) {
        std::vector<Spike> spikes;
        for (std::size_t k = 0; k < kInputSpikes; ++k)
            spikes.push_back({channel(random), double(step(random))});
        trains.append(spikes);
        problem.labels.push_back(label(random));
    }
    problem.spikes = std::make_shared<const GridSpikes>(GridSpikes::from(trains, 1.0, kTimesteps));
    return problem;
}

Network describe() {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{kChannels}, "input");
    LeakyIntegrateFireOptions fires;
    fires.relative_reset = false;
    Population& hidden = network.population(LeakyIntegrateFire(fires), Shape{kNeurons}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{kClasses}, "output");
    network.connect(input, hidden, Dense(Normal(0.0, 0.022)), Exponential(5.0));
    network.connect(hidden, hidden, Dense(Normal(0.0, 0.0116)), Exponential(5.0));
    network.connect(hidden, output, Dense(Normal(0.0, 0.036)), Exponential(5.0));
    return network;
}

/// Milliseconds that this core needs to read rows of a kilobyte, as many as the spikes of a batch
/// ask for: forward, in the gradient, and those of hidden spikes on the way back.
double floor_ms(double hidden_spikes) {
    const double rows = 2.0 * (double(kInputSpikes) + hidden_spikes) + hidden_spikes;
    const double bytes = double(kBatch) * rows * double(kNeurons * sizeof(float));
    return 1e3 * bytes / read_bandwidth(std::size_t{1} << 20);
}

/// Arguments that both compilers have.
template <class Options>
Options common_options(int threads) {
    Options options;
    options.example_timesteps = kTimesteps;
    // The weights stay as they are, since activity would grow with them.
    options.optimiser = Adam{.alpha = 1e-12};
    options.batch_size = kBatch;
    options.backend.threads = threads;
    return options;
}

template <class Compiler>
void measure(const char* rule, const Compiler& compiler, const Problem& problem,
             std::size_t batches) {
    const double before = peak_mebibytes();
    CompiledTrainingNetwork network = compiler.compile(describe());
    std::vector<double> milliseconds;
    std::vector<double> floors;
    const TrainOptions once;
    double hidden_spikes = 0.0;
    for (std::size_t example = 0; example < 4; ++example) {
        const Trace trace = network.trace(problem.inputs(), example);
        hidden_spikes += double(trace.spikes.at("hidden").neurons.size()) / 4.0;
    }
    for (std::size_t batch = 0; batch < batches; ++batch) {
        const std::vector<EpochResult> result =
            network.train(problem.inputs(), problem.targets(), once);
        milliseconds.push_back(1e3 * result[0].seconds);
        floors.push_back(floor_ms(hidden_spikes));
    }
    fmt::print(
        "{}, {} threads: {:.1f} ms a batch (fastest {:.1f}), {:.0f} MiB more; {:.0f} hidden "
        "spikes an example; rows from L2 at this machine's speed {:.1f} ms\n",
        rule, network.threads(), median(milliseconds),
        *std::min_element(milliseconds.begin(), milliseconds.end()), peak_mebibytes() - before,
        hidden_spikes, median(floors));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto batches = std::size_t(argc > 1 ? std::max(1, std::atoi(argv[1])) : 20);
        const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
        const Problem problem = draw();
        const std::string rule = argc > 3 ? argv[3] : "";
        if (rule.empty() || rule == "event_prop")
            measure("EventProp", EventPropCompiler(common_options<EventPropOptions>(threads)),
                    problem, batches);
        auto options = common_options<SurrogateOptions>(threads);
        options.surrogate = Surrogate::super_spike();
        if (rule.empty() || rule == "surrogate")
            measure("surrogate", SurrogateCompiler(options), problem, batches);
        options.checkpoint_interval = 32;
        if (rule == "checkpoints")
            measure("surrogate, checkpoints", SurrogateCompiler(options), problem, batches);
        fmt::print(
            "elsewhere, one core: 1,140 to 1,990 ms and 435 to 808 MiB; fused by hand 620 "
            "ms, 416 MiB\n");
    } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
