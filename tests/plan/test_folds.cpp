// Folded readouts against the same network evaluated step by step, in float64.
#include <gtest/gtest.h>

#include <saltus/plan/lower.hpp>

#include "plan/fold_readouts.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

struct FoldCase {
    std::string label;
    std::string readout = "avg_var";
    double delay = 0.0;
    double bias = 0.0;
    bool two_sources = false;
    bool delta = false;
};

void PrintTo(const FoldCase& fold_case, std::ostream* stream) {
    *stream << fold_case.label;
}

Network network_of(const FoldCase& c) {
    Numbers numbers(4);
    Network network(c.delta ? DefaultParams() : EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{8}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{6}, "hidden");
    LeakyIntegrateOptions options;
    options.bias = std::vector<double>{c.bias, 2.0 * c.bias, 0.0};
    options.v = std::vector<double>{0.5, 0.0, c.bias};
    options.tau_mem = 12.0;
    options.readout = readout_by_name(c.readout);
    Population& output = network.population(LeakyIntegrate(options), Shape{3}, "output");
    const double scale = c.delta ? 0.2 : 1.0;
    network.connect(input, hidden, Dense(numbers.dyadic(8, 6, 2.0 * scale, 2.0 * scale)),
                    Exponential());
    const Dense weights(numbers.dyadic(6, 3, 0.0, 1.0), c.delay);
    if (c.delta) {
        network.connect(hidden, output, weights, Delta());
    } else {
        network.connect(hidden, output, weights, Exponential(3.0));
    }
    if (c.two_sources) {
        Population& second = network.population(LeakyIntegrateFire(), Shape{5}, "second");
        network.connect(input, second, Dense(numbers.dyadic(8, 5, 2.0, 2.0)), Exponential());
        network.connect(second, output, Dense(numbers.dyadic(5, 3, 0.0, 1.0), 1.0),
                        Exponential(8.0));
        network.connect(hidden, output, Dense(numbers.dyadic(6, 3, 0.0, 1.0), 2.0),
                        Exponential(8.0));
        network.connect(hidden, second, Dense(numbers.dyadic(6, 5, 0.0, 1.0)), Exponential());
    }
    return network;
}

class Folds : public testing::TestWithParam<FoldCase> {};

TEST_P(Folds, EqualTheNetworkStepByStep) {
    Numbers numbers(2);
    const SpikeData data = random_spikes(numbers, 3, 8, 25, 0.15, 3);
    std::vector<double> readouts[2];
    std::map<std::string, Array> gradients[2];
    for (const int fold : {0, 1}) {
        const Network network = network_of(GetParam());
        if (GetParam().delta) {
            InferenceOptions options;
            options.evaluate_timesteps = 25;
            options.fold_readouts = fold == 1;
            options.backend.name = "reference64";
            CompiledNetwork compiled = InferenceCompiler(options).compile(network);
            EXPECT_EQ(compiled.plan().populations[2].folded, fold == 1);
            readouts[fold] = compiled.predict(data.inputs()).at("output").values;
            continue;
        }
        EventPropOptions options;
        options.example_timesteps = 25;
        options.fold_readouts = fold == 1;
        // The reference evaluates plans step by step, so the fold is that of the cpu backend.
        options.backend = backend_case(fold == 1 ? "cpu_built_in" : "reference64").options;
        CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(network);
        EXPECT_EQ(compiled.plan().populations[2].folded, fold == 1);
        readouts[fold] = compiled.predict(data.inputs()).at("output").values;
        gradients[fold] = compiled.gradients(data.inputs(), data.targets());
    }
    EXPECT_GT(largest(readouts[0]), 0.0);
    EXPECT_LT(relative_error(readouts[1], readouts[0]), 2e-6);
    for (const auto& [name, gradient] : gradients[0]) {
        EXPECT_LT(relative_error(gradients[1].at(name).values, gradient.values), 1e-5) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Folds,
    testing::Values(
        FoldCase{.label = "average"}, FoldCase{.label = "sum", .readout = "sum_var"},
        FoldCase{.label = "final", .readout = "var"}, FoldCase{.label = "delayed", .delay = 3.0},
        FoldCase{.label = "delayed_to_the_end", .delay = 24.0, .bias = 0.1},
        FoldCase{.label = "biased", .bias = 0.25},
        FoldCase{.label = "biased_final", .readout = "var", .bias = 0.25},
        FoldCase{.label = "two_sources", .two_sources = true},
        FoldCase{
            .label = "two_sources_sum", .readout = "sum_var", .bias = 0.1, .two_sources = true},
        FoldCase{.label = "delta", .delta = true}),
    [](const auto& tested) { return tested.param.label; });

TEST(FoldRules, OnlyLinearOutputsWithoutFollowersAreFolded) {
    const auto folded = [](const Neuron& neuron, bool from_input) {
        Network network;
        Population& input = network.population(SpikeInput(), Shape{2}, "input");
        Population& hidden = network.population(LeakyIntegrateFire(), Shape{2}, "hidden");
        Population& output = network.population(neuron, Shape{2}, "output");
        network.connect(input, hidden, Dense(0.5), Delta());
        network.connect(hidden, output, Dense(0.5), Delta());
        if (from_input) network.connect(input, output, Dense(0.5), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = 5;
        return InferenceCompiler(options).compile(network).plan().populations[2].folded;
    };
    const auto average = std::make_shared<AvgVar>();
    EXPECT_TRUE(folded(LeakyIntegrate({.readout = average}), false));
    EXPECT_FALSE(folded(LeakyIntegrate({.readout = average}), true));
    EXPECT_FALSE(folded(LeakyIntegrateFire({.readout = average}), false));
    // A response that differs between neurons is no single vector of time weights.
    EXPECT_FALSE(folded(
        LeakyIntegrate({.tau_mem = std::vector<double>{5.0, 6.0}, .readout = average}), false));
    EXPECT_TRUE(
        folded(LeakyIntegrate({.bias = std::vector<double>{5.0, 6.0}, .readout = average}), false));
}

TEST(FoldRules, UnfoldingGivesThePlanWithoutFolds) {
    LowerOptions options;
    options.mode = PlanMode::kEventProp;
    options.num_steps = 20;
    options.min_slope = 0.01;
    const Network network = small_network({.recurrent = true});
    const Plan folded = lower(network, options);
    options.fold_readouts = false;
    EXPECT_EQ(without_folds(folded).explain(), lower(network, options).explain());
}

}  // namespace
}  // namespace saltus::test
