// Updates, determinism and learning.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <saltus/initializers/normal.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

EventPropOptions training_options(const BackendOptions& backend, std::size_t steps = 20,
                                  std::size_t batch = 4) {
    EventPropOptions options;
    options.example_timesteps = steps;
    options.batch_size = batch;
    options.optimiser = Adam{.alpha = 0.01};
    options.backend = backend;
    return options;
}

BackendOptions cpu_threads(int threads) {
    BackendOptions options;
    options.threads = threads;
    return options;
}

using Weights = std::map<std::string, std::vector<double>>;

Weights weights_of(const CompiledNetwork& network) {
    Weights weights;
    for (const std::string& name : network.connections())
        weights[name] = network.weights(name).values;
    return weights;
}

/// The Adam optimiser in float64, one weight at a time.
struct PlainAdam {
    double m = 0.0;
    double v = 0.0;
    double step(double weight, double gradient, int n) {
        m = 0.9 * m + 0.1 * gradient;
        v = 0.999 * v + 0.001 * gradient * gradient;
        const double mean = m / (1.0 - std::pow(0.9, n));
        const double square = v / (1.0 - std::pow(0.999, n));
        return weight - 0.01 * mean / (std::sqrt(square) + 1e-8);
    }
};

class Training : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(Training, UpdatesAreAdamOfTheGradients) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 4, 12, 20, 3);
    for (const bool recurrent : {false, true}) {
        CompiledTrainingNetwork network = EventPropCompiler(training_options(GetParam().options))
                                              .compile(small_network({.recurrent = recurrent}));
        std::map<std::string, std::vector<PlainAdam>> adam;
        for (int n = 1; n <= 3; ++n) {
            Weights expected = weights_of(network);
            for (const auto& [name, gradient] : network.gradients(data.inputs(), data.targets())) {
                adam[name].resize(gradient.size());
                for (std::size_t k = 0; k < gradient.size(); ++k) {
                    double& weight = expected[name][k];
                    weight = adam[name][k].step(weight, gradient.values[k], n);
                }
            }
            network.train(data.inputs(), data.targets(), {.shuffle = false});
            for (const auto& [name, values] : weights_of(network)) {
                EXPECT_LT(absolute_error(values, expected[name]),
                          GetParam().single_precision ? 2e-6 : 1e-14)
                    << name << " after update " << n;
            }
        }
    }
}

TEST_P(Training, TheLossFalls) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 32, 12, 20, 3);
    for (const bool recurrent : {false, true}) {
        EventPropOptions options = training_options(GetParam().options, 20, 8);
        options.optimiser = Adam{.alpha = 0.03};
        CompiledTrainingNetwork network =
            EventPropCompiler(options).compile(small_network({.recurrent = recurrent}));
        const auto results = network.train(data.inputs(), data.targets(), {.num_epochs = 30});
        ASSERT_EQ(results.size(), 30U);
        EXPECT_LT(results.back().metrics.at("loss"), 0.6 * results.front().metrics.at("loss"));
        EXPECT_GT(results.back().metrics.at("accuracy"), 0.9);
    }
}

TEST_P(Training, TheReportedLossIsThatOfTheWeightsBeforeEachUpdate) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 6, 12, 20, 3);
    EventPropOptions options = training_options(GetParam().options);
    options.optimiser = Adam{.alpha = 0.0};
    CompiledTrainingNetwork network = EventPropCompiler(options).compile(small_network({}));
    const double loss = network.loss(data.inputs(), data.targets());
    const auto results = network.train(data.inputs(), data.targets(), {.num_epochs = 2});
    // The second batch holds two examples and counts as such.
    for (const EpochResult& result : results)
        EXPECT_NEAR(result.metrics.at("loss"), loss, 1e-6);
}

TEST_P(Training, ExamplesDoNotDependOnTheirNeighbours) {
    Numbers numbers(9);
    const SpikeData data = random_spikes(numbers, 7, 12, 20, 0.2, 3);
    CompiledTrainingNetwork network = EventPropCompiler(training_options(GetParam().options))
                                          .compile(small_network({.recurrent = true}));
    const Array all = network.predict(data.inputs()).at("output");
    for (std::size_t example = 0; example < 7; ++example) {
        const SpikeData alone = data.select({(example + 3) % 7, example});
        const Array two = network.predict(alone.inputs()).at("output");
        for (std::size_t k = 0; k < 3; ++k) {
            EXPECT_EQ(two.values[3 + k], all.values[example * 3 + k]) << example;
        }
    }
}

TEST_P(Training, GradientOfABatchIsTheMeanOfItsExamples) {
    Numbers numbers(9);
    const SpikeData data = random_spikes(numbers, 5, 12, 20, 0.2, 3);
    CompiledTrainingNetwork network = EventPropCompiler(training_options(GetParam().options))
                                          .compile(small_network({.recurrent = true}));
    std::map<std::string, std::vector<double>> mean;
    for (std::size_t example = 0; example < 5; ++example) {
        const SpikeData one = data.select({example});
        for (const auto& [name, gradient] : network.gradients(one.inputs(), one.targets())) {
            mean[name].resize(gradient.size());
            for (std::size_t k = 0; k < gradient.size(); ++k)
                mean[name][k] += gradient.values[k] / 5.0;
        }
    }
    for (const auto& [name, gradient] : network.gradients(data.inputs(), data.targets())) {
        EXPECT_LT(relative_error(gradient.values, mean[name]),
                  GetParam().single_precision ? 1e-5 : 1e-13)
            << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Training, testing::ValuesIn(all_backends()), BackendLabel());

TEST(Training64, CpuAgreesOverAFewUpdates) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 16, 12, 20, 3);
    std::vector<double> losses[2];
    for (const int side : {0, 1}) {
        const std::string label = side == 0 ? "cpu_built_in" : "reference64";
        CompiledTrainingNetwork network =
            EventPropCompiler(training_options(backend_case(label).options))
                .compile(small_network({.recurrent = true}));
        for (const EpochResult& result :
             network.train(data.inputs(), data.targets(), {.num_epochs = 3})) {
            losses[side].push_back(result.metrics.at("loss"));
        }
    }
    EXPECT_LT(absolute_error(losses[0], losses[1]), 1e-3);
}

// Batches whose adjoints do not fit into the cache at once are worked off in parts.
TEST(Training64, CpuAgreesOverBatchesInParts) {
    Numbers numbers(5);
    const SpikeData data = random_spikes(numbers, 20, 12, 600, 0.03, 3);
    std::map<std::string, std::vector<double>> weights[2];
    for (const int side : {0, 1}) {
        const std::string label = side == 0 ? "cpu_built_in" : "reference64";
        CompiledTrainingNetwork network =
            EventPropCompiler(training_options(backend_case(label).options, 600, 20))
                .compile(small_network({.hidden = 33}));
        network.train(data.inputs(), data.targets(), {.num_epochs = 2});
        weights[side] = weights_of(network);
    }
    // The first updates are the signs of the gradients, whose noise flips where they are zero.
    for (const auto& [name, values] : weights[1]) {
        std::vector<double> differences;
        for (std::size_t k = 0; k < values.size(); ++k) {
            differences.push_back(std::abs(weights[0][name][k] - values[k]));
        }
        std::nth_element(differences.begin(), differences.begin() + differences.size() * 9 / 10,
                         differences.end());
        EXPECT_LT(differences[differences.size() * 9 / 10], 1e-5) << name;
    }
}

// Neurons that spike without any input must not leak out of their vector's padding.
TEST(Training64, CpuAgreesWhenNeuronsSpikeOnTheirOwn) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 8, 12, 20, 3);
    std::vector<double> losses[2];
    for (const int side : {0, 1}) {
        const std::string label = side == 0 ? "cpu_built_in" : "reference64";
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{12}, "input");
        Population& hidden = network.population(
            LeakyIntegrateFire(LeakyIntegrateFireOptions{.v = 1.5}), Shape{5}, "hidden");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{3}, "output");
        Numbers weights(2);
        network.connect(input, hidden, Dense(weights.dyadic(12, 5, 1.0, 1.0)), Exponential());
        network.connect(hidden, output, Dense(weights.dyadic(5, 3, 0.0, 1.0)), Exponential());
        CompiledTrainingNetwork compiled =
            EventPropCompiler(training_options(backend_case(label).options)).compile(network);
        for (const EpochResult& result :
             compiled.train(data.inputs(), data.targets(), {.num_epochs = 5})) {
            losses[side].push_back(result.metrics.at("loss"));
        }
    }
    EXPECT_LT(absolute_error(losses[0], losses[1]), 1e-4);
}

/// Weights after two epochs with everything random that training has.
Weights trained(const BackendOptions& backend, std::uint64_t seed, bool poisson) {
    Numbers numbers(5);
    Network network(EventPropCompiler::default_params());
    std::unique_ptr<Neuron> kind = std::make_unique<SpikeInput>();
    if (poisson) kind = std::make_unique<PoissonInput>();
    Population& input = network.population(*kind, Shape{200}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{33}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    network.connect(input, hidden, Dense(Normal(0.06, 0.04)), Exponential());
    network.connect(hidden, hidden, Dense(Normal(0.0, 0.2)), Exponential());
    network.connect(hidden, output, Dense(Normal(0.0, 0.5)), Exponential());
    EventPropOptions options = training_options(backend, 20, 8);
    options.rng_seed = seed;
    CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(network);
    SpikeData data = separable_spikes(numbers, 29, 200, 20, 3);
    Inputs inputs = data.inputs();
    if (poisson) {
        Array rates(Shape{29, 200});
        for (double& rate : rates.values)
            rate = numbers.uniform(-0.1, 0.2);
        inputs = {{"input", std::make_shared<const Array>(rates)}};
    }
    compiled.train(inputs, data.targets(), {.num_epochs = 2, .input_dropout = poisson ? 0.0 : 0.2});
    return weights_of(compiled);
}

TEST(Determinism, OneSeedGivesTheSameBits) {
    for (const bool poisson : {false, true}) {
        const Weights once = trained(cpu_threads(1), 11, poisson);
        EXPECT_EQ(once, trained(cpu_threads(1), 11, poisson));
        EXPECT_EQ(once, trained(cpu_threads(2), 11, poisson));
        EXPECT_EQ(once, trained(cpu_threads(3), 11, poisson));
        EXPECT_NE(once, trained(cpu_threads(1), 12, poisson));
    }
}

TEST(Determinism, HoldsOnTheReference) {
    const BackendOptions backend = backend_case("reference").options;
    EXPECT_EQ(trained(backend, 11, true), trained(backend, 11, true));
    EXPECT_NE(trained(backend, 11, true), trained(backend, 12, true));
}

TEST(Determinism, DropoutChangesWhatIsLearnt) {
    Numbers numbers(5);
    const SpikeData data = separable_spikes(numbers, 8, 12, 20, 3);
    Weights weights[2];
    for (const int side : {0, 1}) {
        CompiledTrainingNetwork network =
            EventPropCompiler(training_options(cpu_threads(1))).compile(small_network({}));
        network.train(data.inputs(), data.targets(), {.input_dropout = side == 0 ? 0.0 : 0.5});
        weights[side] = weights_of(network);
    }
    EXPECT_NE(weights[0], weights[1]);
}

}  // namespace
}  // namespace saltus::test
