// What a network refuses while it is built, and when it is complete.
#include <gtest/gtest.h>

#include <saltus/neurons/integrate_fire_input.hpp>

#include "data/errors_of.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

struct Pair {
    Network network;
    Population& input;
    Population& output;

    explicit Pair(std::optional<Shape> from = Shape{10}, std::optional<Shape> to = Shape{5})
        : input(network.population(SpikeInput(), std::move(from), "input")),
          output(network.population(LeakyIntegrateFire({.readout = std::make_shared<SpikeCount>()}),
                                    std::move(to), "output")) {}
};

TEST(NetworkErrors, Names) {
    Pair pair;
    pair.network.connect(pair.input, pair.output, Dense(1.0), Delta(), "c");
    EXPECT_EQ(
        model_error([&] { pair.network.population(SpikeInput(), Shape{1}, "input"); }),
        "[Network] there is a population 'input' already; give each population a name of its own");
    EXPECT_EQ(
        model_error(
            [&] { pair.network.connect(pair.input, pair.output, Dense(1.0), Delta(), "c"); }),
        "[Network] there is a connection 'c' already; give each connection a name of its own");
    EXPECT_EQ(
        model_error([&] { pair.network.find_population("outptu"); }),
        "[Network] there is no population 'outptu'; did you mean 'output'? (known are input and "
        "output)");
    EXPECT_EQ(model_error([&] { pair.network.find_connection("d"); }),
              "[Network] there is no connection 'd'; did you mean 'c'? (known are c)");
    EXPECT_EQ(model_error([] { (void)Network().find_population("a"); }),
              "[Network] there is no population 'a'; there is none to choose from");
    EXPECT_EQ(pair.network.populations().size(), 2U);
    EXPECT_EQ(pair.network.connections().size(), 1U);
}

TEST(NetworkErrors, Shapes) {
    Network network;
    EXPECT_EQ(
        model_error([&] { network.population(SpikeInput(), Shape{}, "a"); }),
        "[Population a] its shape () holds no neuron; give it a shape of positive extents, for "
        "example {128}");
    EXPECT_EQ(
        model_error([&] {
            network.population(SpikeInput(), Shape{3, 0}, "a");
        }),
        "[Population a] its shape (3, 0) holds no neuron; give it a shape of positive extents, for "
        "example {128}");
    EXPECT_EQ(
        model_error([&] {
            network.population(SpikeInput(), Shape{1U << 20U, 1U << 20U}, "a");
        }),
        "[Population a] its shape (1048576, 1048576) holds 1099511627776 neurons; use at most "
        "2147483647 neurons in a population");
    EXPECT_EQ(network.populations().size(), 0U) << "what was refused is not part of the network";
    const Population& unknown = network.population(SpikeInput(), {}, "unknown");
    EXPECT_EQ(model_error([&] { (void)unknown.size(); }),
              "[Population unknown] has no shape and no connection tells it; give it a shape, for "
              "example "
              "{128}");
}

TEST(NetworkErrors, WeightsThatDoNotFitNameBothShapes) {
    Pair pair;
    const auto connect = [&](const Array& weights) {
        return error_of<ModelError>(
            [&] { pair.network.connect(pair.input, pair.output, Dense(weights), Delta()); });
    };
    const ModelError error = connect(Array(Shape{10, 6}));
    EXPECT_STREQ(
        error.what(),
        "[Connection input->output] weights of shape (10, 6) do not fit its target 'output' of "
        "shape (5,); give weights of shape (source size, target size)");
    EXPECT_EQ(error.field("shape"), "(5,)");
    EXPECT_EQ(error.field("weight_shape"), "(10, 6)");
    EXPECT_STREQ(
        connect(Array(Shape{9, 5})).what(),
        "[Connection input->output] weights of shape (9, 5) do not fit its source 'input' of "
        "shape (10,); give weights of shape (source size, target size)");
    EXPECT_STREQ(
        connect(Array(Shape{50})).what(),
        "[Connection input->output] weights of shape (50,) have 1 axes; give weights of shape "
        "(source size, target size)");
    EXPECT_TRUE(pair.network.connections().empty());
    EXPECT_TRUE(pair.output.incoming().empty());
}

// The name that the user chose is the one to read.
TEST(NetworkErrors, ConnectionsAreCalledByTheirNames) {
    Pair pair;
    EXPECT_EQ(error_of<ModelError>([&] {
                  pair.network.connect(pair.input, pair.output, Dense(Array(Shape{10, 6})), Delta(),
                                       "mine");
              }).where(),
              "Connection mine");
}

TEST(NetworkErrors, AConnectionThatFailsChangesNoShape) {
    Pair pair({}, Shape{5});
    EXPECT_EQ(
        model_error([&] {
            pair.network.connect(pair.input, pair.output, Dense(Array(Shape{10, 6})), Delta());
        }),
        "[Connection input->output] weights of shape (10, 6) do not fit its target 'output' of "
        "shape (5,); give weights of shape (source size, target size)");
    EXPECT_FALSE(pair.input.has_shape());
}

TEST(NetworkErrors, Ends) {
    Pair pair;
    Network other;
    Population& foreign = other.population(SpikeInput(), Shape{10}, "foreign");
    EXPECT_EQ(
        model_error([&] { pair.network.connect(foreign, pair.output, Dense(1.0), Delta()); }),
        "[Connection foreign->output] population 'foreign' belongs to another network; connect "
        "populations of the same network");
    EXPECT_EQ(
        model_error([&] { pair.network.connect(pair.output, pair.input, Dense(1.0), Delta()); }),
        "[Connection output->input] its target 'input' is an input (spike_input), which ignores "
        "what "
        "arrives; connect to a population that is no input");
    Population& driven = pair.network.population(IntegrateFireInput(), Shape{2}, "driven");
    EXPECT_EQ(model_error([&] { pair.network.connect(pair.input, driven, Dense(1.0), Delta()); }),
              "[Connection input->driven] its target 'driven' is an input (integrate_fire_input), "
              "which ignores what arrives; connect to a population that is no input");
    Population& silent = pair.network.population(LeakyIntegrate(), Shape{2}, "silent");
    EXPECT_EQ(model_error([&] { pair.network.connect(silent, pair.output, Dense(1.0), Delta()); }),
              "[Connection silent->output] its source 'silent' (leaky_integrate) never spikes, so "
              "nothing "
              "would arrive; connect from a population with a threshold");
}

TEST(NetworkErrors, IncompleteNetworks) {
    EXPECT_EQ(model_error([] { Network().validate(); }),
              "[Network] it has no population; add populations and connect them");
    Pair unconnected;
    EXPECT_EQ(model_error([&] { unconnected.network.validate(); }),
              "[Population input] it has no readout and connects to nothing, so it has no effect; "
              "give its "
              "neuron a readout, connect it, or remove it");
    Pair pair;
    pair.network.connect(pair.input, pair.output, Dense(1.0), Delta());
    pair.network.validate();
    Population& alone = pair.network.population(LeakyIntegrateFire(), Shape{2}, "alone");
    EXPECT_EQ(
        model_error([&] { pair.network.validate(); }),
        "[Population alone] nothing connects to it (leaky_integrate_fire); connect a population to "
        "it, or make it an input");
    pair.network.connect(pair.input, alone, Dense(1.0), Delta());
    EXPECT_EQ(model_error([&] { pair.network.validate(); }),
              "[Population alone] it has no readout and connects to nothing, so it has no effect; "
              "give its "
              "neuron a readout, connect it, or remove it");
    Pair shapeless(Shape{10}, std::nullopt);
    shapeless.network.connect(shapeless.input, shapeless.output, Dense(1.0), Delta());
    const ModelError error = error_of<ModelError>([&] { shapeless.network.validate(); });
    EXPECT_STREQ(
        error.what(),
        "[Population output] has no shape and no connection tells it; give it a shape, for "
        "example {128}");
    EXPECT_EQ(error.field("population"), "output");
}

}  // namespace
}  // namespace saltus::test
