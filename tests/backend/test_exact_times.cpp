// Exact spike times: spikes against a simulation from event to event, gradients against finite
// differences of the loss that is reported.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/neurons/adaptive_exponential.hpp>
#include <saltus/neurons/resonate_fire.hpp>
#include <saltus/neurons/user_neuron.hpp>

#include "support/event_driven.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kInputs = 5;
constexpr std::size_t kHidden = 8;
constexpr std::size_t kOutputs = 3;

struct ExactCase {
    std::string label;
    std::string neuron = "lif";
    bool relative = false;
    bool recurrent = false;
    bool first_spikes = false;  ///< outputs spike and are read by when they do
    double dt = 1.0;
    double scale = 1.0;  ///< of the weights into hidden neurons
};

void PrintTo(const ExactCase& c, std::ostream* stream) {
    *stream << c.label;
}

std::unique_ptr<Neuron> neuron_of(const ExactCase& c, std::shared_ptr<const Readout> readout) {
    if (c.neuron == "alif") {
        AdaptiveLeakyIntegrateFireOptions options;
        options.relative_reset = c.relative;
        options.beta = 0.2;
        options.tau_adapt = 15.0;
        options.scale_i = true;
        options.v_reset = 0.1;
        options.readout = std::move(readout);
        return std::make_unique<AdaptiveLeakyIntegrateFire>(options);
    }
    if (c.neuron == "user") {
        // A membrane of two compartments, coupled so that it may swing.
        NeuronDeclaration model;
        model.parameters = {{"tau", 20.0, "ms", ""}, {"tau_d", 8.0, "ms", ""}, {"g", 0.7, "1", ""}};
        model.states = {{"v", 0.0, "1"}, {"d", 0.0, "1"}};
        model.equations = {"dv/dt = (i - v + g * (d - v)) / tau + 0.002",
                           "dd/dt = (i - d - g * v) / tau_d"};
        model.threshold = "v - 0.1 * d >= 0.9";
        model.reset = {"v = 0.2 * v - 0.3", "d = d - 0.4"};
        model.output = "v";
        auto neuron = std::make_unique<UserNeuron>(model);
        neuron->readout = std::move(readout);
        return neuron;
    }
    LeakyIntegrateFireOptions options;
    options.relative_reset = c.relative;
    options.v_reset = 0.1;
    options.scale_i = true;
    options.readout = std::move(readout);
    return std::make_unique<LeakyIntegrateFire>(options);
}

struct Weights {
    std::vector<double> in, rec, out;
};

Weights weights_of(const ExactCase& c) {
    Numbers numbers(21);
    const auto random = [&](std::size_t count, double low, double high) {
        std::vector<double> weights(count);
        for (double& weight : weights)
            weight = numbers.uniform(low, high);
        return weights;
    };
    return {random(kInputs * kHidden, 0.3 * c.scale, 2.6 * c.scale),
            random(kHidden * kHidden, -0.8, 1.0),
            random(kHidden * kOutputs, c.first_spikes ? 0.2 : -0.6, c.first_spikes ? 2.2 : 1.0)};
}

/// Delays in timesteps of the connections in, rec and out.
struct Delays {
    double in = 0.37, rec = 1.61, out = 0.0;
};

CompiledTrainingNetwork compile(const ExactCase& c, const BackendOptions& backend,
                                const Delays& delays = {}) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{kInputs}, "input");
    Population& hidden = network.population(*neuron_of(c, nullptr), Shape{kHidden}, "hidden");
    LeakyIntegrateOptions leaky;
    leaky.scale_i = true;
    leaky.readout = std::make_shared<AvgVar>();
    ExactCase plain = c;
    plain.neuron = "lif";
    Population& output =
        c.first_spikes
            ? network.population(*neuron_of(plain, std::make_shared<FirstSpikeTime>()),
                                 Shape{kOutputs}, "output")
            : network.population(LeakyIntegrate(leaky), Shape{kOutputs}, "output");
    const Weights weights = weights_of(c);
    network.connect(input, hidden, Dense(Array(Shape{kInputs, kHidden}, weights.in), delays.in),
                    Exponential(5.0), "in");
    if (c.recurrent) {
        network.connect(hidden, hidden,
                        Dense(Array(Shape{kHidden, kHidden}, weights.rec), delays.rec),
                        Exponential(3.0), "rec");
    }
    network.connect(hidden, output,
                    Dense(Array(Shape{kHidden, kOutputs}, weights.out), delays.out),
                    Exponential(5.0), "out");
    EventPropOptions options;
    options.example_timesteps = static_cast<std::size_t>(std::lround(40.0 / c.dt));
    options.dt = c.dt;
    options.exact_spike_times = true;
    options.min_slope = 1e-6;
    options.loss = std::make_shared<SparseCategoricalCrossentropy>(c.first_spikes ? 2.0 : 0.2);
    options.backend = backend;
    return EventPropCompiler(options).compile(network);
}

Inputs inputs_of(double later = 0.0) {
    Numbers numbers(8);
    auto trains = std::make_shared<SpikeTrains>(kInputs);
    for (int example = 0; example < 2; ++example) {
        std::vector<Spike> spikes;
        for (std::uint32_t k = 0; k < kInputs; ++k) {
            for (int n = 0; n < 4; ++n) spikes.push_back({k, numbers.uniform(0.1, 25.0) + later});
        }
        trains->append(spikes);
    }
    return {{"input", std::shared_ptr<const SpikeTrains>(trains)}};
}

const Labels kLabels = {{"output", {1, 2}}};

/// The fourth-order central difference of a function.
template <class Function>
double slope_of(const Function& function, double step) {
    return (8.0 * (function(step) - function(-step)) - (function(2 * step) - function(-2 * step))) /
           (12.0 * step);
}

class ExactTimes : public testing::TestWithParam<ExactCase> {};

TEST_P(ExactTimes, GradientsOfWeightsEqualFiniteDifferences) {
    CompiledTrainingNetwork network = compile(GetParam(), backend_case("reference64").options);
    const Inputs inputs = inputs_of();
    const auto gradients = network.gradients(inputs, kLabels);
    EXPECT_EQ(gradients.size(), GetParam().recurrent ? 3U : 2U);
    for (const auto& [name, gradient] : gradients) {
        const Array weights = network.weights(name);
        std::vector<double> expected;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            expected.push_back(slope_of(
                [&](double change) {
                    Array changed = weights;
                    changed.values[k] += change;
                    network.set_weights(name, changed);
                    return network.loss(inputs, kLabels);
                },
                1e-4));
        }
        network.set_weights(name, weights);
        EXPECT_GT(largest(expected), 1e-3) << name;
        EXPECT_LT(relative_error(gradient.values, expected), 1e-6) << name;
    }
}

TEST_P(ExactTimes, GradientsOfDelaysEqualFiniteDifferences) {
    const BackendOptions backend = backend_case("reference64").options;
    const Inputs inputs = inputs_of();
    const auto gradients = compile(GetParam(), backend).delay_gradients(inputs, kLabels);
    for (const auto& [name, gradient] : gradients) {
        const auto loss = [&, &name = name](double change) {
            Delays delays;
            (name == "in" ? delays.in : name == "rec" ? delays.rec : delays.out) += change;
            return compile(GetParam(), backend, delays).loss(inputs, kLabels);
        };
        // A delay of 0 can only grow.
        const double expected =
            name == "out" ? (-3.0 * loss(0.0) + 4.0 * loss(1e-5) - loss(2e-5)) / 2e-5
                          : slope_of(loss, 1e-4);
        // A softmax of first spikes does not change when all of them move.
        if (!GetParam().first_spikes) {
            EXPECT_GT(std::abs(expected), 1e-4) << name;
        }
        EXPECT_NEAR(gradient.values[0], expected, 2e-6 * std::max(1.0, std::abs(expected)))
            << name;
    }
}

TEST_P(ExactTimes, TheLengthOfAStepMakesNoDifference) {
    if (!GetParam().first_spikes) GTEST_SKIP() << "averages are taken over steps";
    const Inputs inputs = inputs_of();
    ExactCase finer = GetParam();
    finer.dt = GetParam().dt / 4.0;
    Delays longer;
    longer.in *= 4.0;
    longer.rec *= 4.0;
    const BackendOptions backend = backend_case("reference64").options;
    EXPECT_NEAR(compile(GetParam(), backend).loss(inputs, kLabels),
                compile(finer, backend, longer).loss(inputs, kLabels), 1e-11);
}

TEST_P(ExactTimes, AreTheSameOnEveryBackendAndForAnyNumberOfThreads) {
    const Inputs inputs = inputs_of();
    const auto expected = compile(GetParam(), backend_case("reference64").options)
                              .gradients(inputs, kLabels)
                              .at("in")
                              .values;
    for (const char* name : {"cpu", "reference"}) {
        for (const int threads : {1, 2}) {
            const auto gradients =
                compile(GetParam(), {.name = name, .threads = threads}).gradients(inputs, kLabels);
            EXPECT_EQ(gradients.at("in").values, expected);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ExactTimes,
    testing::Values(
        ExactCase{.label = "lif"}, ExactCase{.label = "lif_relative", .relative = true},
        ExactCase{.label = "lif_recurrent", .recurrent = true},
        ExactCase{.label = "lif_first_spikes", .first_spikes = true},
        ExactCase{.label = "lif_recurrent_first_spikes", .recurrent = true, .first_spikes = true},
        ExactCase{.label = "alif", .neuron = "alif"},
        ExactCase{.label = "alif_relative_recurrent",
                  .neuron = "alif",
                  .relative = true,
                  .recurrent = true},
        ExactCase{.label = "alif_first_spikes", .neuron = "alif", .first_spikes = true},
        ExactCase{.label = "user", .neuron = "user", .scale = 1.5},
        ExactCase{.label = "user_recurrent_first_spikes",
                  .neuron = "user",
                  .recurrent = true,
                  .first_spikes = true,
                  .scale = 1.5},
        ExactCase{.label = "coarse", .recurrent = true, .dt = 4.0}),
    BackendLabel());

}  // namespace
}  // namespace saltus::test
