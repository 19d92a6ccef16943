#include <gtest/gtest.h>

#include <cmath>

#include <saltus/initializers/normal.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

TEST(InferenceCompiler, PassesItsOptionsOn) {
    InferenceOptions options;
    options.evaluate_timesteps = 12;
    options.dt = 0.25;
    options.batch_size = 5;
    options.rng_seed = 3;
    const CompiledNetwork network = InferenceCompiler(options).compile(small_network({}));
    EXPECT_EQ(network.plan().mode, PlanMode::kInference);
    EXPECT_EQ(network.plan().num_steps, 12U);
    EXPECT_EQ(network.plan().dt, 0.25);
    EXPECT_EQ(network.plan().batch_size, 5U);
    EXPECT_EQ(network.plan().seed, 3U);
    EXPECT_TRUE(network.plan().populations[2].folded);
}

class InferenceValues : public testing::TestWithParam<BackendCase> {};

// One neuron, worked out by hand: v <- exp(-1 / 20) v + i, and the current decays in between.
TEST_P(InferenceValues, OneNeuronFollowsTheRecursion) {
    Network network;
    Population& input = network.population(SpikeInput(), Shape{1}, "input");
    Population& cell = network.population(
        LeakyIntegrateFire({.readout = std::make_shared<SpikeCount>()}), Shape{1}, "cell");
    network.connect(input, cell, Dense(0.3), Exponential(5.0));
    InferenceOptions options;
    options.evaluate_timesteps = 40;
    options.backend = GetParam().options;
    CompiledNetwork compiled = InferenceCompiler(options).compile(network);
    const std::vector<std::size_t> steps{1, 2, 3, 15, 16, 20, 38, 39};
    const Inputs inputs{{"input", std::shared_ptr<const GridSpikes>(spikes_at({steps}, 40, 1.0))}};
    const Trace trace = compiled.trace(inputs, 0);
    double v = 0.0;
    double i = 0.0;
    double spikes = 0.0;
    for (std::size_t step = 0; step < 40; ++step) {
        for (const std::size_t s : steps)
            i += s + 1 == step ? 0.3 : 0.0;
        v = std::exp(-1.0 / 20.0) * v + i;
        i *= std::exp(-1.0 / 5.0);
        if (v >= 1.0) {
            v -= 1.0;
            spikes += 1.0;
        }
        EXPECT_NEAR(trace.states.at("cell.v").values[step], v, 1e-5) << step;
    }
    EXPECT_GT(spikes, 2.0);
    EXPECT_EQ(trace.readouts.at("cell").values[0], spikes);
    EXPECT_EQ(compiled.predict(inputs).at("cell").values[0], spikes);
}

// Every readout is what its name says of the states and spikes that the trace shows.
TEST_P(InferenceValues, ReadoutsAreFiguresOfTheTrace) {
    if (!can_run(GetParam())) GTEST_SKIP();
    constexpr std::size_t kSteps = 30;
    constexpr std::size_t kNeurons = 21;
    const auto readouts_of = [&](const std::string& name, const Neuron& plain) {
        Network network;
        Numbers numbers(3);
        Population& input = network.population(SpikeInput(), Shape{8}, "input");
        const auto neuron = plain.clone();
        neuron->readout = readout_by_name(name);
        Population& output = network.population(*neuron, Shape{kNeurons}, "output");
        network.connect(input, output, Dense(Normal(0.02, 0.1)),
                        Exponential(5.0));
        InferenceOptions options;
        options.evaluate_timesteps = kSteps;
        options.dt = 0.5;
        options.backend = GetParam().options;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        const SpikeData on_grid = random_spikes(numbers, 3, 8, kSteps, 0.2, 2, 0.5);
        const Array all = compiled.predict(on_grid.inputs()).at("output");
        const Trace trace = compiled.trace(on_grid.inputs(), 1);
        const auto second = all.values.begin() + kNeurons;
        EXPECT_EQ(trace.readouts.at("output").values,
                  std::vector<double>(second, second + kNeurons));
        return trace;
    };
    const Trace greatest = readouts_of("max_var", LeakyIntegrate());
    const Trace early = readouts_of("avg_var_exp_weight", LeakyIntegrate());
    const Trace first = readouts_of("first_spike_time", LeakyIntegrateFire({.v_thresh = 0.2}));
    std::size_t silent = 0;
    for (std::size_t j = 0; j < kNeurons; ++j) {
        double maximum = 0.0;
        double mean = 0.0;
        for (std::size_t step = 0; step < kSteps; ++step) {
            maximum = std::max(maximum, greatest.states.at("output.v").values[step * kNeurons + j]);
            mean += std::exp(-static_cast<double>(step) / kSteps) / kSteps *
                    early.states.at("output.v").values[step * kNeurons + j];
        }
        EXPECT_EQ(greatest.readouts.at("output").values[j], maximum);
        EXPECT_NEAR(early.readouts.at("output").values[j], mean, 1e-6);
        double expected = kNoFirstSpike;
        const SpikeList& spikes = first.spikes.at("output");
        for (std::size_t step = kSteps; step-- > 0;) {
            for (std::size_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
                if (spikes.neurons[k] == j) expected = -0.5 * static_cast<double>(step);
            }
        }
        EXPECT_EQ(first.readouts.at("output").values[j], expected);
        silent += expected == kNoFirstSpike ? 1 : 0;
    }
    EXPECT_GT(silent, 0U);
    EXPECT_LT(silent, kNeurons);
}

// A refractory time of k steps blocks the k - 1 steps after a spike.
TEST_P(InferenceValues, RefractoryTimesBlockSpikes) {
    for (const bool integrate : {false, true}) {
        Network network;
        Population& input = network.population(BinarySpikeInput(), Shape{1}, "input");
        LeakyIntegrateFireOptions neuron;
        neuron.tau_refrac = 3.0;
        neuron.integrate_during_refrac = integrate;
        neuron.relative_reset = false;
        neuron.readout = std::make_shared<SpikeCount>();
        Population& cell = network.population(LeakyIntegrateFire(neuron), Shape{1}, "cell");
        network.connect(input, cell, Dense(5.0), Delta());
        InferenceOptions options;
        options.evaluate_timesteps = 13;
        options.backend = GetParam().options;
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        const Inputs inputs{{"input", std::make_shared<const Array>(Array(Shape{1, 1}, {1.0}))}};
        std::vector<std::size_t> steps;
        for (const auto& [step, neuron_number] :
             spike_pairs(compiled.trace(inputs, 0).spikes.at("cell"))) {
            steps.push_back(step);
        }
        // While the voltage is held, the step in which the time ends brings no input yet.
        const std::vector<std::size_t> expected =
            integrate ? std::vector<std::size_t>{1, 4, 7, 10} : std::vector<std::size_t>{1, 5, 9};
        EXPECT_EQ(steps, expected) << "integrate " << integrate;
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, InferenceValues, testing::ValuesIn(all_backends()),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
