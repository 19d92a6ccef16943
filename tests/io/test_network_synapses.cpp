// Synapses and trainable parameters in network files.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/io/network_file.hpp>

#include "io/mistake.hpp"

namespace saltus {
namespace {

using testing::HasSubstr;

SynapseDeclaration synapse_of(const std::string& written) {
    const NetworkFile file = parse_network_file(with_line(31, "synapse = " + written), "x.toml");
    return file.network.connections()[0]->synapse().declare();
}

TEST(NetworkSynapses, HaveTheirArguments) {
    const SynapseDeclaration alpha = synapse_of(R"({ type = "alpha", tau = 3.0, scale_i = true })");
    EXPECT_EQ(alpha.states.size(), 2U);
    EXPECT_EQ(alpha.parameters[0].value.constant(), 3.0);
    EXPECT_TRUE(alpha.averages);
    const SynapseDeclaration dual =
        synapse_of(R"({ type = "dual_exponential", tau_rise = 0.5, tau_decay = 4.0 })");
    EXPECT_EQ(dual.parameters[0].value.constant(), 0.5);
    EXPECT_EQ(dual.parameters[1].value.constant(), 4.0);
}

TEST(NetworkSynapses, MayBeEquations) {
    const SynapseDeclaration written = synapse_of(
        R"({ type = "user_synapse", equations = ["df/dt = -f / tau", "ds/dt = k * f - s / 9"], )"
        R"(parameters = { tau = { value = 2.0, unit = "ms" } }, derived = ["k = 1 / tau"], )"
        R"(arrival = "f", current = "s", gain = "2" })");
    EXPECT_THAT(written.states, testing::ElementsAre("f", "s"));
    EXPECT_EQ(written.parameters[0].unit, "ms");
    EXPECT_EQ(written.derived[0].expression, "1 / tau");
    EXPECT_EQ(written.arrival, "f");
    EXPECT_EQ(written.current, "s");
    EXPECT_EQ(written.gain, "2");
}

TEST(NetworkSynapses, MayBeTrained) {
    const SynapseDeclaration written = synapse_of(
        R"({ type = "exponential", tau = { trainable = { value = 5.0, lower = 2.0, per_neuron = true } } })");
    const InitValue& tau = written.parameters[0].value;
    EXPECT_EQ(tau.constant(), 5.0);
    ASSERT_TRUE(tau.training().has_value());
    EXPECT_EQ(tau.training()->lower, 2.0);
    EXPECT_TRUE(std::isinf(tau.training()->upper));
    EXPECT_TRUE(tau.training()->per_neuron);
}

class NetworkSynapseMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(NetworkSynapseMistakes, AreNamed) {
    EXPECT_THAT(message_of(GetParam()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, NetworkSynapseMistakes,
    testing::Values(
        Mistake{"NoEquations", 31, R"(synapse = { type = "user_synapse" })", "has no 'equations'"},
        Mistake{"NoEquation", 31, R"(synapse = { type = "user_synapse", equations = ["g = +"] })",
                "[x.toml:31]"},
        Mistake{"UnknownKey", 31,
                R"(synapse = { type = "user_synapse", equations = ["dg/dt = -g"], arival = "g" })",
                "did you mean 'arrival'?"},
        Mistake{"NoValue", 31,
                R"(synapse = { type = "exponential", tau = { trainable = { lower = 1.0 } } })",
                "has no 'value'"},
        Mistake{
            "Bounds", 31,
            R"(synapse = { type = "exponential", tau = { trainable = { value = 5.0, lower = 9.0, upper = 1.0 } } })",
            "lower is 9 and upper is 1"},
        Mistake{
            "Twice", 31,
            R"(synapse = { type = "exponential", tau = { trainable = { value = { trainable = { value = 5.0 } } } } })",
            "value of trainable is trainable 5"}),
    name_of);

}  // namespace
}  // namespace saltus
