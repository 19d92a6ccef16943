// Yin-Yang with exact spike times: four coordinates as spike times and a bias spike, 100 hidden
// neurons, three outputs whose first spike tells the class. Prints accuracy and seconds of every
// epoch, and how long it took to 97.5 %; mlGeNN needs a timestep of 0.01 ms for this and 7.6 s per
// 1,000 examples.
//
// usage: yin_yang [seed = 1] [epochs = 20] [threads = 1] [dt = 1.0]
// Up to 20 epochs the learning rate falls fast, beyond slowly.
#include <cmath>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/exponential.hpp>

#include "main_job.hpp"

namespace {

using namespace saltus;
using namespace saltus::bench;

constexpr double kDuration = 30.0;

/// Class of a point: 0 yin, 1 yang, 2 a dot. The disc has the radius 0.5, dots 0.1.
int class_of(double x, double y) {
    const double right = std::hypot(x - 0.75, y - 0.5);
    const double left = std::hypot(x - 0.25, y - 0.5);
    if (right < 0.1 || left < 0.1) return 2;
    const bool is_yin = left <= 0.25 || (y > 0.5 && right > 0.25);
    return is_yin ? 0 : 1;
}

struct Points {
    std::shared_ptr<SpikeTrains> spikes = std::make_shared<SpikeTrains>(5);
    std::vector<std::int32_t> labels;

    Inputs inputs() const { return {{"input", std::shared_ptr<const SpikeTrains>(spikes)}}; }
    Labels targets() const { return {{"output", labels}}; }
};

/// As many points of every class.
Points draw(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    Points points;
    while (points.labels.size() < count) {
        const double x = uniform(random);
        const double y = uniform(random);
        if (std::hypot(x - 0.5, y - 0.5) > 0.5) continue;
        const int wanted = int(points.labels.size() % 3);
        if (class_of(x, y) != wanted) continue;
        points.labels.push_back(wanted);
        const Spike spikes[] = {
            {0, 20.0 * x}, {1, 20.0 * y}, {2, 20.0 * (1.0 - x)}, {3, 20.0 * (1.0 - y)}, {4, 5.0}};
        points.spikes->append(spikes);
    }
    return points;
}

CompiledTrainingNetwork compile(std::uint64_t seed, int threads, double dt, double learning_rate) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{5}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{100}, "hidden");
    LeakyIntegrateFireOptions reads;
    reads.readout = std::make_shared<FirstSpikeTime>();
    Population& output = network.population(LeakyIntegrateFire(reads), Shape{3}, "output");
    network.connect(input, hidden, Dense(Normal(1.5, 2.0)), Exponential(10.0));
    network.connect(hidden, output, Dense(Normal(0.5, 0.1)), Exponential(10.0));
    EventPropOptions options;
    options.example_timesteps = static_cast<std::size_t>(std::lround(kDuration / dt));
    options.dt = dt;
    options.exact_spike_times = true;
    options.loss = std::make_shared<SparseCategoricalCrossentropy>(0.5);
    options.ttfs_alpha = 0.3;
    options.min_slope = 0.05;
    options.regularisation.silent = 0.5;
    options.optimiser = Adam{.alpha = learning_rate};
    options.batch_size = 32;
    options.rng_seed = seed;
    options.backend.threads = threads;
    return EventPropCompiler(options).compile(network);
}

/// @param hurry whether it shall soon be good, rather than in the end.
void run(unsigned seed, std::size_t epochs, int threads, double dt, bool hurry) {
    const double decay = hurry ? 0.85 : 0.97;
    const Points train = draw(5000, 1000 + seed);
    const Points test = draw(1000, 2000 + seed);
    CompiledTrainingNetwork network = compile(seed, threads, dt, hurry ? 0.03 : 0.015);
    fmt::print("spikes of one example: {} hidden, {} of outputs\n",
               network.trace(train.inputs(), 0).spikes.at("hidden").neurons.size(),
               network.trace(train.inputs(), 0).spikes.at("output").neurons.size());
    double total = 0.0;
    double reached = 0.0;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        TrainOptions options;
        options.start_epoch = epoch;
        options.schedule = [&](double) { return std::pow(decay, double(epoch)); };
        const auto result = network.train(train.inputs(), train.targets(), options)[0];
        total += result.seconds;
        const double accuracy = network.evaluate(test.inputs(), test.targets()).at("accuracy");
        fmt::print("epoch {}: {:.3f} s, loss {:.4f}, accuracy {:.4f}, test {:.4f}\n", epoch,
                   result.seconds, result.metrics.at("loss"), result.metrics.at("accuracy"),
                   accuracy);
        if (reached == 0.0 && accuracy >= 0.975) reached = total;
    }
    const Points fresh = draw(10000, 3000 + seed);
    fmt::print(
        "97.5 % of test samples after {:.1f} s; {} epochs in {:.1f} s; fresh samples {:.2f} %\n",
        reached, epochs, total,
        100.0 * network.evaluate(fresh.inputs(), fresh.targets()).at("accuracy"));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto number = [&](int at, double otherwise) {
            return argc > at ? std::atof(argv[at]) : otherwise;
        };
        const auto epochs = std::size_t(number(2, 20));
        run(unsigned(number(1, 1)), epochs, int(number(3, 1)), number(4, 1.0), epochs <= 20);
    } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
