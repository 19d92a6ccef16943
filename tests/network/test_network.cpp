#include <gtest/gtest.h>

#include <cmath>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

TEST(Network, NamesPopulationsAndConnections) {
    Network network;
    Population& first = network.population(SpikeInput(), Shape{2});
    Population& named = network.population(LeakyIntegrateFire(), Shape{3}, "hidden");
    Population& third = network.population(LeakyIntegrateFire(), Shape{3});
    EXPECT_EQ(first.name(), "Pop0");
    EXPECT_EQ(named.name(), "hidden");
    EXPECT_EQ(third.name(), "Pop2");
    EXPECT_EQ(network.connect(first, named, Dense(1.0), Delta()).name(), "Pop0->hidden");
    EXPECT_EQ(network.connect(first, named, Dense(1.0), Delta()).name(), "Pop0->hidden#2");
    EXPECT_EQ(network.connect(first, named, Dense(1.0), Delta()).name(), "Pop0->hidden#3");
    EXPECT_EQ(network.connect(named, named, Dense(1.0), Delta(), "loop").name(), "loop");
    EXPECT_EQ(&network.find_population("hidden"), &named);
    EXPECT_EQ(&network.find_connection("loop").source(), &named);
    EXPECT_EQ(network.find_connection("loop").index(), 3U);
    EXPECT_EQ(third.index(), 2U);
}

TEST(Network, GivenNamesThatLookGeneratedDoNotClash) {
    Network network;
    network.population(SpikeInput(), Shape{2}, "Pop1");
    EXPECT_EQ(network.population(SpikeInput(), Shape{2}).name(), "Pop2");
}

TEST(Network, PopulationsKnowTheirConnections) {
    const Network network = small_network({.recurrent = true});
    const Population& hidden = network.find_population("hidden");
    ASSERT_EQ(hidden.incoming().size(), 2U);
    ASSERT_EQ(hidden.outgoing().size(), 2U);
    EXPECT_EQ(hidden.incoming()[0]->name(), "input->hidden");
    EXPECT_EQ(hidden.incoming()[1], hidden.outgoing()[0]);
    EXPECT_EQ(&hidden.outgoing()[1]->target(), &network.find_population("output"));
    EXPECT_TRUE(network.find_population("input").is_input());
    EXPECT_FALSE(hidden.is_input());
}

TEST(Network, ReferencesSurviveGrowthAndMoves) {
    Network network;
    Population& first = network.population(SpikeInput(), Shape{2}, "first");
    for (int k = 0; k < 100; ++k)
        network.population(LeakyIntegrateFire(), Shape{1});
    Network moved = std::move(network);
    EXPECT_EQ(&moved.find_population("first"), &first);
    EXPECT_EQ(first.name(), "first");
}

TEST(Network, ArraysOfWeightsGiveShapes) {
    Network network;
    Population& input = network.population(SpikeInput(), {}, "input");
    Population& output = network.population(LeakyIntegrateFire(), {}, "output");
    EXPECT_FALSE(input.has_shape());
    network.connect(input, output, Dense(Array(Shape{4, 3})), Delta());
    EXPECT_EQ(input.shape(), Shape{4});
    EXPECT_EQ(output.shape(), Shape{3});
}

// Dense connects populations of any shape with the right number of neurons.
TEST(Network, ShapesOfManyAxesAreFlat) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2, 3, 2}, "input");
    Population& output = network.population(LeakyIntegrateFire(), Shape{5, 1}, "output");
    network.connect(input, output, Dense(Array(Shape{12, 5})), Delta());
    EXPECT_EQ(input.size(), 12U);
    EXPECT_EQ(to_string(output.shape()), "(5, 1)");
}

// The neuron of a population is its own copy.
TEST(Network, CopiesTheNeuron) {
    Network network;
    LeakyIntegrate neuron({.readout = std::make_shared<Var>()});
    const Population& first = network.population(neuron, Shape{1});
    neuron.readout = std::make_shared<SumVar>();
    const Population& second = network.population(neuron, Shape{1});
    EXPECT_EQ(first.neuron().readout->name(), "var");
    EXPECT_EQ(second.neuron().readout->name(), "sum_var");
}

TEST(Network, ClassesHaveTheirNames) {
    EXPECT_EQ(LeakyIntegrateFire().name(), "leaky_integrate_fire");
    EXPECT_EQ(LeakyIntegrate().class_name(), "LeakyIntegrate");
    EXPECT_EQ(IntegrateFire().class_name(), "IntegrateFire");
    EXPECT_EQ(SpikeInput().name(), "spike_input");
    EXPECT_EQ(BinarySpikeInput().name(), "binary_spike_input");
    EXPECT_EQ(PoissonInput().class_name(), "PoissonInput");
    EXPECT_EQ(Exponential().name(), "exponential");
    EXPECT_EQ(Delta().class_name(), "Delta");
    EXPECT_EQ(Dense(1.0).name(), "dense");
    for (const char* name : {"var", "sum_var", "avg_var", "avg_var_exp_weight", "max_var",
                             "spike_count", "first_spike_time"}) {
        EXPECT_EQ(readout_by_name(name)->name(), name);
    }
}

TEST(Readouts, WeighTheStepsAsTheirNamesSay) {
    EXPECT_EQ(AvgVar().declare(4).step_weights, std::vector<double>(4, 0.25));
    EXPECT_EQ(SumVar().declare(3).step_weights, std::vector<double>(3, 1.0));
    EXPECT_EQ(Var().declare(3).source, ReadoutSource::kFinalVariable);
    EXPECT_EQ(SpikeCount().declare(3).source, ReadoutSource::kSpikes);
    EXPECT_EQ(MaxVar().declare(3).source, ReadoutSource::kMaximum);
    EXPECT_EQ(FirstSpikeTime().declare(3).source, ReadoutSource::kFirstSpike);
    const std::vector<double> weights = AvgVarExpWeight().declare(4).step_weights;
    for (std::size_t step = 0; step < 4; ++step)
        EXPECT_DOUBLE_EQ(weights[step], 0.25 * std::exp(-0.25 * static_cast<double>(step)));
}

}  // namespace
}  // namespace saltus::test
