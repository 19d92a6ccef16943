#include <gtest/gtest.h>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

TEST(EventPropCompiler, DefaultsScaleCurrentsAndResetAbsolutely) {
    const ParameterDefaults spiking{
        {"relative_reset", false}, {"integrate_during_refrac", false}, {"scale_i", true}};
    const DefaultParams expected{{"LeakyIntegrate", {{"scale_i", true}}},
                                 {"LeakyIntegrateFire", spiking},
                                 {"LeakyIntegrateFireInput", spiking},
                                 {"AdaptiveLeakyIntegrateFire", spiking},
                                 {"Exponential", {{"scale_i", true}}}};
    EXPECT_EQ(EventPropCompiler::default_params(), expected);
}

TEST(EventPropCompiler, PassesItsOptionsOn) {
    EventPropOptions options;
    options.example_timesteps = 17;
    options.dt = 0.5;
    options.batch_size = 9;
    options.rng_seed = 77;
    options.min_slope = 0.125;
    options.fold_readouts = false;
    options.backend.name = "reference";
    const CompiledTrainingNetwork network = EventPropCompiler(options).compile(small_network({}));
    const Plan& plan = network.plan();
    EXPECT_EQ(plan.mode, PlanMode::kEventProp);
    EXPECT_EQ(plan.num_steps, 17U);
    EXPECT_EQ(plan.dt, 0.5);
    EXPECT_EQ(plan.batch_size, 9U);
    EXPECT_EQ(plan.seed, 77U);
    EXPECT_EQ(plan.populations[1].coefficient("_min_slope").at(0), 0.125);
    EXPECT_FALSE(plan.populations[2].folded);
    for (const ConnectionPlan& connection : plan.connections)
        EXPECT_TRUE(connection.trainable);
}

// The compiled network does not refer to the description any more.
TEST(EventPropCompiler, TheNetworkMayGo) {
    Numbers numbers(1);
    const SpikeData data = separable_spikes(numbers, 3, 12, 20, 3);
    EventPropOptions options;
    options.example_timesteps = 20;
    auto network = std::make_unique<Network>(small_network({}));
    CompiledTrainingNetwork compiled = EventPropCompiler(options).compile(*network);
    CompiledTrainingNetwork other = EventPropCompiler(options).compile(*network);
    const auto before = other.predict(data.inputs()).at("output").values;
    network.reset();
    EXPECT_EQ(compiled.predict(data.inputs()).at("output").values, before);
}

// The same seed draws the same weights on every backend.
TEST(EventPropCompiler, WeightsDependOnTheSeedAlone) {
    const auto weights = [](const std::string& backend, std::uint64_t seed) {
        Network network(EventPropCompiler::default_params());
        Population& input = network.population(SpikeInput(), Shape{20}, "input");
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{30}, "output");
        network.connect(input, output, Dense("normal"), Exponential());
        EventPropOptions options;
        options.example_timesteps = 5;
        options.rng_seed = seed;
        options.backend.name = backend;
        return EventPropCompiler(options).compile(network).weights("input->output").values;
    };
    EXPECT_EQ(weights("cpu", 1), weights("reference", 1));
    EXPECT_LT(absolute_error(weights("cpu", 1), weights("reference64", 1)), 3e-7);
    EXPECT_NE(weights("cpu", 1), weights("cpu", 2));
}

// Sharper losses have larger gradients: the temperature divides the readout.
TEST(EventPropCompiler, UsesTheLossOfItsOptions) {
    Numbers numbers(1);
    const SpikeData data = separable_spikes(numbers, 3, 12, 20, 3);
    EventPropOptions options;
    options.example_timesteps = 20;
    options.backend.name = "reference64";
    double loss[2];
    for (const int side : {0, 1}) {
        options.loss = std::make_shared<SparseCategoricalCrossentropy>(side == 0 ? 1.0 : 0.1);
        loss[side] = EventPropCompiler(options)
                         .compile(small_network({}))
                         .loss(data.inputs(), data.targets());
    }
    EXPECT_NE(loss[0], loss[1]);
}

}  // namespace
}  // namespace saltus::test
