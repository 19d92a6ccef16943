#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

double parameter(const NeuronDeclaration& model, const std::string& name) {
    for (const ParameterDeclaration& p : model.parameters) {
        if (p.name == name) return p.value.constant();
    }
    return -1.0;
}

std::string derived(const NeuronDeclaration& model, const std::string& name) {
    for (const DerivedDeclaration& d : model.derived) {
        if (d.name == name) return d.expression;
    }
    return "";
}

TEST(DefaultParams, ReachTheNeurons) {
    Network network(
        {{"LeakyIntegrateFire",
          {{"tau_mem", 30.0},
           {"v_thresh", 2.0},
           {"relative_reset", false},
           {"tau_refrac", 4.0},
           {"integrate_during_refrac", false},
           {"scale_i", true},
           {"v_reset", -1.0},
           {"v", 0.25}}},
         {"LeakyIntegrate", {{"tau_mem", 7.0}, {"bias", 0.5}, {"scale_i", true}, {"v", 0.75}}},
         {"IntegrateFire", {{"v_thresh", 3.0}, {"v_reset", 0.5}, {"v", 0.1}}}});
    const NeuronDeclaration lif =
        network.population(LeakyIntegrateFire(), Shape{1}).neuron().declare();
    EXPECT_EQ(parameter(lif, "tau_mem"), 30.0);
    EXPECT_EQ(parameter(lif, "v_thresh"), 2.0);
    EXPECT_EQ(parameter(lif, "v_reset"), -1.0);
    EXPECT_EQ(lif.reset[0], "v = v_reset");
    EXPECT_EQ(derived(lif, "r"), "1");
    ASSERT_TRUE(lif.refractory.has_value());
    EXPECT_EQ(lif.refractory->duration.constant(), 4.0);
    EXPECT_FALSE(lif.refractory->integrate);
    EXPECT_EQ(lif.states[0].initial.constant(), 0.25);
    const NeuronDeclaration li = network.population(LeakyIntegrate(), Shape{1}).neuron().declare();
    EXPECT_EQ(parameter(li, "tau_mem"), 7.0);
    EXPECT_EQ(parameter(li, "bias"), 0.5);
    EXPECT_EQ(derived(li, "r"), "1");
    EXPECT_EQ(li.states[0].initial.constant(), 0.75);
    const NeuronDeclaration fire = network.population(IntegrateFire(), Shape{1}).neuron().declare();
    EXPECT_EQ(parameter(fire, "v_thresh"), 3.0);
    EXPECT_EQ(parameter(fire, "v_reset"), 0.5);
}

TEST(DefaultParams, WithoutThemArgumentsHaveTheirOwnDefaults) {
    Network network;
    const NeuronDeclaration lif =
        network.population(LeakyIntegrateFire(), Shape{1}).neuron().declare();
    EXPECT_EQ(parameter(lif, "tau_mem"), 20.0);
    EXPECT_EQ(parameter(lif, "v_thresh"), 1.0);
    EXPECT_EQ(parameter(lif, "v_reset"), 0.0);
    EXPECT_EQ(lif.reset[0], "v = v - (v_thresh - v_reset)");
    EXPECT_NE(derived(lif, "r"), "1");
    EXPECT_FALSE(lif.refractory.has_value());
    const NeuronDeclaration li = network.population(LeakyIntegrate(), Shape{1}).neuron().declare();
    EXPECT_EQ(parameter(li, "bias"), 0.0);
    EXPECT_NE(derived(li, "r"), "1");
}

TEST(DefaultParams, ReachTheSynapses) {
    Network network({{"Exponential", {{"tau", 9.0}, {"scale_i", true}}}});
    Population& input = network.population(SpikeInput(), Shape{1});
    Population& output = network.population(LeakyIntegrateFire(), Shape{1});
    const SynapseDeclaration given =
        network.connect(input, output, Dense(1.0), Exponential()).synapse().declare();
    EXPECT_EQ(given.parameters[0].value.constant(), 9.0);
    EXPECT_NE(given.gain, "1");
    const SynapseDeclaration explicit_tau =
        network.connect(input, output, Dense(1.0), Exponential(2.0)).synapse().declare();
    EXPECT_EQ(explicit_tau.parameters[0].value.constant(), 2.0);
    EXPECT_NE(explicit_tau.gain, "1") << "the default of what was left out still counts";
}

TEST(DefaultParams, ArgumentsWin) {
    Network network(EventPropCompiler::default_params());
    const NeuronDeclaration given =
        network.population(LeakyIntegrateFire({.relative_reset = true, .scale_i = false}), Shape{1})
            .neuron()
            .declare();
    EXPECT_EQ(given.reset[0], "v = v - (v_thresh - v_reset)");
    EXPECT_NE(derived(given, "r"), "1");
    const NeuronDeclaration left_out =
        network.population(LeakyIntegrateFire(), Shape{1}).neuron().declare();
    EXPECT_EQ(left_out.reset[0], "v = v_reset");
    EXPECT_EQ(derived(left_out, "r"), "1");
}

std::string error_with(const DefaultParams& defaults) {
    try {
        Network network(defaults);
        Population& input = network.population(SpikeInput(), Shape{1});
        Population& output = network.population(LeakyIntegrateFire(), Shape{1});
        network.connect(input, output, Dense(1.0), Exponential());
        network.connect(input, output, Dense(1.0), Delta());
    } catch (const ModelError& error) {
        return error.what();
    }
    return "";
}

TEST(DefaultParams, UnknownArgumentsAreErrors) {
    EXPECT_EQ(error_with({{"LeakyIntegrateFire", {{"tau_men", 5.0}}}}),
              "[default_params of LeakyIntegrateFire] there is no argument 'tau_men'; did you mean "
              "'tau_mem'? (known are v_thresh, v_reset, v, tau_mem, tau_refrac, relative_reset, "
              "integrate_during_refrac and scale_i)");
    EXPECT_EQ(
        error_with({{"Exponential", {{"taus", 5.0}}}}),
        "[default_params of Exponential] there is no argument 'taus'; did you mean 'tau'? (known "
        "are tau and scale_i)");
    EXPECT_EQ(
        error_with({{"SpikeInput", {{"spikes", 5.0}}}}),
        "[default_params of SpikeInput] there is no argument 'spikes'; there is none to choose "
        "from");
    EXPECT_EQ(error_with({{"Delta", {{"tau", 5.0}}}}),
              "[default_params of Delta] there is no argument 'tau'; there is none to choose from");
}

}  // namespace
}  // namespace saltus::test
