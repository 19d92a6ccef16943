#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

TEST(SequentialNetwork, ConnectsEachLayerToTheOneBefore) {
    SequentialNetwork network(EventPropCompiler::default_params());
    network.input(SpikeInput(), Shape{4}, "input");
    network.layer(Dense(Array(Shape{4, 3})), LeakyIntegrateFire(), Exponential());
    Population& output =
        network.layer(Dense(0.1), LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                      Exponential(), Shape{2}, "output");
    ASSERT_EQ(network.layers().size(), 3U);
    EXPECT_EQ(network.layers()[2], &output);
    EXPECT_EQ(network.layers()[1]->name(), "Pop1");
    EXPECT_EQ(network.layers()[1]->shape(), Shape{3});
    ASSERT_EQ(network.connections().size(), 2U);
    EXPECT_EQ(network.connections()[0]->name(), "input->Pop1");
    EXPECT_EQ(network.connections()[1]->name(), "Pop1->output");
    network.validate();
}

TEST(SequentialNetwork, BeginsWithOneInput) {
    SequentialNetwork network;
    try {
        network.layer(Dense(0.1), LeakyIntegrateFire(), Delta());
        FAIL() << "nothing was thrown";
    } catch (const ModelError& error) {
        EXPECT_STREQ(
            error.what(),
            "[SequentialNetwork] it has no input that a layer could follow; call input() first");
    }
    network.input(SpikeInput(), Shape{4}, "pixels");
    try {
        network.input(SpikeInput(), Shape{4});
        FAIL() << "nothing was thrown";
    } catch (const ModelError& error) {
        EXPECT_STREQ(
            error.what(),
            "[SequentialNetwork] it has an input already, 'pixels'; add further populations "
            "with layer()");
    }
}

// A layer that cannot be connected leaves the network as it was, so that it can be tried again.
TEST(SequentialNetwork, ALayerThatFailsLeavesNothingBehind) {
    SequentialNetwork network;
    network.input(SpikeInput(), Shape{4}, "input");
    EXPECT_THROW(
        network.layer(Dense(Array(Shape{5, 3})), LeakyIntegrateFire(), Delta(), {}, "hidden"),
        ModelError);
    EXPECT_EQ(network.populations().size(), 1U);
    EXPECT_EQ(network.layers().size(), 1U);
    network.layer(Dense(Array(Shape{4, 3})), LeakyIntegrateFire(), Delta(), {}, "hidden");
    EXPECT_EQ(network.layers()[1]->name(), "hidden");
}

}  // namespace
}  // namespace saltus::test
