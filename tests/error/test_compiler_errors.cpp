// What the compilers refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/initializers/uniform.hpp>

#include "data/errors_of.hpp"
#include "support/networks.hpp"

namespace saltus::test {
namespace {

EventPropOptions training() {
    EventPropOptions options;
    options.example_timesteps = 10;
    return options;
}

std::string training_error(const Network& network, const EventPropOptions& options = training()) {
    return model_error([&] { EventPropCompiler(options).compile(network); });
}

template <class Change>
std::string option_error(const Change& change) {
    EventPropOptions options = training();
    change(options);
    const std::string error = training_error(small_network({}), options);
    return error;
}

TEST(CompilerErrors, Options) {
    EXPECT_EQ(option_error([](auto& o) { o.example_timesteps = 0; }),
              "[Compiler] an example has 0 timesteps; give a number from 1 to 100000000");
    EXPECT_EQ(option_error([](auto& o) { o.batch_size = 0; }),
              "[Compiler] batch_size is 0; give at least 1");
    EXPECT_EQ(option_error([](auto& o) { o.dt = 0.0; }),
              "[Compiler] dt is 0 ms; give a positive timestep");
    EXPECT_EQ(option_error([](auto& o) { o.dt = -1.0; }),
              "[Compiler] dt is -1 ms; give a positive timestep");
    EXPECT_EQ(option_error([](auto& o) { o.dt = std::nan(""); }),
              "[Compiler] dt is nan ms; give a positive timestep");
    EXPECT_EQ(option_error([](auto& o) { o.min_slope = 0.0; }),
              "[EventPropCompiler] min_slope is 0; give a positive number (per ms)");
    EXPECT_EQ(option_error([](auto& o) { o.optimiser = Adam{.beta1 = 2.0}; }),
              "[Adam] beta1 is 2; give a number in [0, 1)");
    EXPECT_EQ(option_error([](auto& o) { o.backend.threads = -1; }),
              "[BackendOptions] threads is -1; give a number from 0 (one a core) to 4096");
    EXPECT_EQ(
        option_error([](auto& o) { o.backend.name = "cdu"; }),
        "[BackendOptions] there is no backend 'cdu'; did you mean 'cpu'? (known are cpu, reference "
        "and reference64)");
    EXPECT_EQ(option_error([](auto& o) {
                  o.losses["ouput"] = std::make_shared<SparseCategoricalCrossentropy>();
              }),
              "[EventPropCompiler] there is a loss for 'ouput', which is no output; did you mean "
              "'output'? "
              "(known are output)");
    EXPECT_EQ(option_error([](auto& o) { o.loss = nullptr; }),
              "[EventPropCompiler] the loss of 'output' is null; give a loss for every output");
}

TEST(CompilerErrors, InferenceChecksTheSameOptions) {
    const Network network = small_network({});
    const auto error = [&](std::size_t steps, double dt, std::size_t batch) {
        return model_error([&] {
            InferenceOptions options;
            options.evaluate_timesteps = steps;
            options.dt = dt;
            options.batch_size = batch;
            InferenceCompiler(options).compile(network);
        });
    };
    EXPECT_EQ(error(0, 1.0, 1),
              "[Compiler] an example has 0 timesteps; give a number from 1 to 100000000");
    EXPECT_EQ(error(1, -0.5, 1), "[Compiler] dt is -0.5 ms; give a positive timestep");
    EXPECT_EQ(error(1, 1.0, 0), "[Compiler] batch_size is 0; give at least 1");
}

/// A network with one thing that EventProp cannot train.
struct Flaw {
    LeakyIntegrateFireOptions hidden;
    std::shared_ptr<const Readout> readout = std::make_shared<AvgVar>();
    bool delta = false;
    bool hidden_counts = false;
};

Network flawed(const Flaw& flaw) {
    Network network(EventPropCompiler::default_params());
    LeakyIntegrateFireOptions options = flaw.hidden;
    if (flaw.hidden_counts) options.readout = std::make_shared<SpikeCount>();
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(options), Shape{2}, "hidden");
    Population& output =
        network.population(LeakyIntegrate({.readout = flaw.readout}), Shape{2}, "output");
    network.connect(input, hidden, Dense(1.0), Exponential());
    if (flaw.delta) {
        network.connect(hidden, output, Dense(1.0), Delta());
    } else {
        network.connect(hidden, output, Dense(1.0), Exponential());
    }
    return network;
}

TEST(CompilerErrors, WhatEventPropCannotTrain) {
    EXPECT_EQ(training_error(flawed({})), "[test] nothing was thrown");
    EXPECT_EQ(training_error(flawed({.hidden = {.tau_refrac = 2.0}})), "[test] nothing was thrown");
    const InitValue drawn(std::make_shared<Uniform>(-3.0, -2.0));
    EXPECT_THAT(training_error(flawed({.hidden = {.tau_refrac = drawn}})),
                testing::MatchesRegex(".Population hidden. a refractory time is -2.* ms; give "
                                      "positive times, or leave tau_refrac out"));
    EXPECT_EQ(
        training_error(flawed({.hidden = {}, .delta = true})),
        "[Connection hidden->output] EventPropCompiler does not train through impulses (delta "
        "synapses), whose spikes have no slope at the threshold; use an exponential synapse");
    EXPECT_EQ(training_error(flawed({.hidden = {}, .hidden_counts = true})),
              "[Population hidden] the loss of a spike count has no gradient, since a count does "
              "not change "
              "when spikes move; read a variable of a leaky_integrate population (avg_var, "
              "sum_var, var)");
    EXPECT_EQ(training_error(flawed({.hidden = {}, .readout = std::make_shared<MaxVar>()})),
              "[test] nothing was thrown");
    EXPECT_EQ(training_error(flawed({.hidden = {}, .readout = std::make_shared<SpikeCount>()})),
              "[Population output] readout 'spike_count' does not fit leaky_integrate; read a "
              "variable, or "
              "use a neuron that spikes");
    EXPECT_EQ(training_error(flawed({.hidden = {}, .readout = nullptr})),
              "[Population output] it has no readout and connects to nothing, so it has no effect; "
              "give its "
              "neuron a readout, connect it, or remove it");
}

// What makes sense but cannot be done is told apart from mistakes.
TEST(CompilerErrors, WhatCannotBeDoneHasAKind) {
    const auto kind = [](const Network& network) {
        try {
            EventPropCompiler({.example_timesteps = 5}).compile(network);
        } catch (const ModelError& error) {
            return error.field("kind");
        }
        return std::string("nothing was thrown");
    };
    EXPECT_EQ(kind(flawed({.hidden = {}, .delta = true})), "unsupported");
    EXPECT_EQ(kind(flawed({.hidden = {}, .hidden_counts = true})), "unsupported");
    EXPECT_EQ(kind(flawed({.hidden = {}, .readout = std::make_shared<SpikeCount>()})), "");
}

TEST(CompilerErrors, ALoopWithoutReadoutHasNoLoss) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{2}, "hidden");
    network.connect(input, hidden, Dense(1.0), Exponential());
    network.connect(hidden, hidden, Dense(1.0), Exponential());
    EXPECT_EQ(
        training_error(network),
        "[EventPropCompiler] no population has a readout, so there is no loss; give the output "
        "population's neuron a readout, for example avg_var");
}

TEST(CompilerErrors, ReadoutsOfInputsDoNotFit) {
    Network network;
    SpikeInput neuron;
    neuron.readout = std::make_shared<AvgVar>();
    network.population(neuron, Shape{2}, "input");
    InferenceOptions options;
    options.evaluate_timesteps = 5;
    EXPECT_EQ(
        model_error([&] { InferenceCompiler(options).compile(network); }),
        "[Population input] readout 'avg_var' does not fit spike_input; read a population with an "
        "output variable");
}

// Names of initializers are only known when a network is compiled; the error says where one stands.
TEST(CompilerErrors, UnknownInitializersNameTheirPlace) {
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{2}, "input");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{2}, "output");
    network.connect(input, output, Dense("unifrom"), Exponential(), "wires");
    EXPECT_EQ(training_error(network),
              "[Connection wires] weight: there is no initializer 'unifrom'; did you mean "
              "'uniform'? (known are exponential, glorot_normal, glorot_uniform, he_normal, "
              "he_uniform, identity, normal, orthogonal and uniform)");
}

}  // namespace
}  // namespace saltus::test
