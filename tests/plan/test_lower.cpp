#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/initializers/normal.hpp>
#include <saltus/plan/lower.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

using testing::HasSubstr;

LowerOptions training(bool fold = true) {
    LowerOptions options;
    options.mode = PlanMode::kEventProp;
    options.num_steps = 20;
    options.batch_size = 32;
    options.seed = 5;
    options.min_slope = 0.01;
    options.fold_readouts = fold;
    return options;
}

std::vector<PassKind> kinds(const std::vector<Pass>& passes) {
    std::vector<PassKind> result;
    for (const Pass& pass : passes)
        result.push_back(pass.kind);
    return result;
}

TEST(Lower, ExplainNamesEverything) {
    for (const bool recurrent : {false, true}) {
        for (const bool fold : {false, true}) {
            const std::string text =
                lower(small_network({.recurrent = recurrent}), training(fold)).explain();
            EXPECT_THAT(text, HasSubstr("EventProp training, 20 steps of 1 ms, batch 32, seed 5"));
            EXPECT_THAT(text, HasSubstr("input: 12 neurons, spike_input"));
            EXPECT_THAT(text, HasSubstr("hidden: 10 neurons, leaky_integrate_fire"));
            EXPECT_THAT(text, HasSubstr("output: 3 neurons, leaky_integrate, readout avg_var"));
            EXPECT_THAT(text, HasSubstr("input->hidden: dense [12, 10]"));
            EXPECT_THAT(text, HasSubstr("hidden->output: dense [10, 3]"));
            EXPECT_EQ(text.find("hidden->hidden: dense [10, 10]") != std::string::npos, recurrent);
            EXPECT_EQ(text.find("folded") != std::string::npos, fold);
            EXPECT_THAT(text, HasSubstr("spike when v >= v_thresh"));
            EXPECT_THAT(text, HasSubstr("optimise         hidden->output"));
        }
    }
}

TEST(Lower, ExplainTellsWhatTrainingKeepsTo) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{4}, "input");
    Population& hidden = network.population(
        LeakyIntegrateFire({.v_thresh = trainable(1.0, {.lower = 0.5, .upper = 2.0}),
                            .tau_mem = trainable(20.0, {.lower = 1.0, .per_neuron = true})}),
        Shape{3}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(input, hidden, Dense(0.5), Exponential(5.0));
    network.connect(hidden, output, Dense(0.5), Exponential(5.0));
    Plan plan = lower(network, training());
    plan.connections[0].constraint = {.lower = -1.0, .upper = 1.5, .keeps_sign = true};
    plan.connections[1].constraint = {.upper = 2.0, .max_norm = 3.0};
    plan.checkpoint_interval = 7;
    const std::string text = plan.explain();
    EXPECT_THAT(text, HasSubstr("trains v_thresh from 0.5 to 2\n"));
    EXPECT_THAT(text, HasSubstr("trains tau_mem, one a neuron, from 1 on\n"));
    EXPECT_THAT(text, HasSubstr(", trained, kept from -1 to 1.5, keeping signs\n"));
    EXPECT_THAT(text, HasSubstr(", kept up to 2, norm of each neuron's weights up to 3"));
    EXPECT_THAT(text, HasSubstr("keeps the states of 7 steps, and one for every 7 before them"));
}

TEST(Lower, FoldedTrainingHasTheShortestListOfPasses) {
    const Plan plan = lower(small_network({}), training());
    ASSERT_EQ(plan.forward.size(), 3U);
    EXPECT_EQ(kinds(plan.forward[0].blocks), std::vector{PassKind::kEmitInput});
    EXPECT_EQ(kinds(plan.forward[1].blocks),
              (std::vector{PassKind::kPropagate, PassKind::kAdvance, PassKind::kWeighSpikes}));
    EXPECT_EQ(kinds(plan.forward[2].blocks),
              (std::vector{PassKind::kFoldReadout, PassKind::kLoss}));
    ASSERT_EQ(plan.backward.size(), 1U);
    EXPECT_EQ(kinds(plan.backward[0].blocks),
              (std::vector{PassKind::kFoldFeedback, PassKind::kRetreat}));
    EXPECT_EQ(kinds(plan.update), (std::vector{PassKind::kGradient, PassKind::kOptimise,
                                               PassKind::kFoldGradient, PassKind::kOptimise}));
}

TEST(Lower, OnlyLoopsAreSteppedOneByOne) {
    const Plan plan = lower(small_network({.recurrent = true}), training());
    EXPECT_FALSE(plan.forward[0].recurrent);
    EXPECT_TRUE(plan.forward[1].recurrent);
    EXPECT_EQ(kinds(plan.forward[1].blocks),
              (std::vector{PassKind::kPropagate, PassKind::kWeighSpikes}));
    EXPECT_EQ(kinds(plan.forward[1].steps),
              (std::vector{PassKind::kPropagate, PassKind::kAdvance}));
    EXPECT_FALSE(plan.forward[2].recurrent);
}

TEST(Lower, InferenceHasNoAdjoint) {
    LowerOptions options = training();
    options.mode = PlanMode::kInference;
    const Plan plan = lower(small_network({}), options);
    EXPECT_TRUE(plan.backward.empty());
    EXPECT_TRUE(plan.update.empty());
    for (const PopulationPlan& population : plan.populations) {
        EXPECT_FALSE(population.kernel.adjoint) << population.name;
    }
    for (const ConnectionPlan& connection : plan.connections)
        EXPECT_FALSE(connection.trainable);
}

// Inputs of one time constant share their current, so that more connections cost no more states.
TEST(Lower, ConnectionsOfOneKindShareTheirCurrent) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{4}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{4}, "hidden");
    const Population& output = network.population(
        LeakyIntegrate({.readout = std::make_shared<Var>()}), Shape{4}, "output");
    network.connect(input, hidden, Dense(1.0), Exponential(5.0));
    network.connect(hidden, hidden, Dense(1.0), Exponential(5.0));
    network.connect(hidden, hidden, Dense(1.0), Exponential(2.0));
    network.connect(hidden, hidden, Dense(1.0), Delta());
    network.connect(input, hidden, Dense(1.0, 3.0), Delta());
    network.connect(hidden, const_cast<Population&>(output), Dense(1.0), Exponential(5.0));
    LowerOptions options;
    options.num_steps = 10;
    const Plan plan = lower(network, options);
    using Groups = std::vector<std::vector<std::size_t>>;
    EXPECT_EQ(plan.populations[1].groups, (Groups{{0, 1}, {2}, {3, 4}}));
    EXPECT_EQ(plan.populations[1].kernel.group_has_state, (std::vector<bool>{true, true, false}));
    EXPECT_EQ(plan.connections[4].delay, 3U);
    EXPECT_EQ(plan.connections[4].group, 2U);
}

TEST(Lower, CoefficientsAreOfEveryNeuronWhereParametersAre) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    LeakyIntegrateFireOptions options;
    options.tau_mem = std::vector<double>{10.0, 20.0, 40.0};
    options.v_thresh = Normal(1.0, 0.1);
    options.readout = std::make_shared<SpikeCount>();
    Population& tested = network.population(LeakyIntegrateFire(options), Shape{3}, "tested");
    network.connect(input, tested, Dense(1.0), Delta());
    LowerOptions lowering;
    lowering.num_steps = 10;
    lowering.dt = 0.5;
    lowering.seed = 3;
    const Plan plan = lower(network, lowering);
    const PopulationPlan& population = plan.populations[1];
    EXPECT_TRUE(population.coefficient("v_thresh").per_neuron());
    EXPECT_FALSE(population.coefficient("v_reset").per_neuron());
    const Coefficient& decay = population.coefficient("_step_v_v");
    for (std::size_t neuron = 0; neuron < 3; ++neuron) {
        EXPECT_DOUBLE_EQ(decay.at(neuron), std::exp(-0.5 / (10.0 * (1U << neuron))));
    }
    EXPECT_THAT(plan.explain(), HasSubstr("v_thresh per neuron"));
    // The same seed draws the same thresholds, another one others.
    EXPECT_EQ(lower(network, lowering).populations[1].coefficient("v_thresh").values,
              population.coefficient("v_thresh").values);
    lowering.seed = 4;
    EXPECT_NE(lower(network, lowering).populations[1].coefficient("v_thresh").values,
              population.coefficient("v_thresh").values);
}

}  // namespace
}  // namespace saltus::test
