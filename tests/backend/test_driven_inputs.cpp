// Inputs whose values are the current of their neurons, on every backend: against closed forms, the
// plain neurons, and networks that receive the same spikes as data.
#include <cmath>

#include <gtest/gtest.h>
#include <saltus/neurons/integrate_fire_input.hpp>
#include <saltus/neurons/leaky_integrate_fire_input.hpp>

#include "support/networks.hpp"
#include "support/value_data.hpp"

namespace saltus::test {
namespace {

constexpr std::size_t kSteps = 40;

class DrivenInputs : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "no compiler";
    }

    InferenceOptions inference(std::size_t steps = kSteps) const {
        InferenceOptions options;
        options.evaluate_timesteps = steps;
        options.batch_size = 3;
        options.backend = GetParam().options;
        return options;
    }

    /// The input in front of neurons that add up its spikes.
    CompiledNetwork counted(const Neuron& neuron, std::size_t size,
                            const InferenceOptions& options) const {
        Network network;
        Population& input = network.population(neuron, Shape{size}, "input");
        Population& output =
            network.population(IntegrateFire({.v_thresh = 1e9, .readout = std::make_shared<Var>()}),
                               Shape{size}, "output");
        Array identity(Shape{size, size});
        for (std::size_t k = 0; k < size; ++k)
            identity.values[k * size + k] = 1.0;
        network.connect(input, output, Dense(identity), Delta());
        return InferenceCompiler(options).compile(network);
    }

    double tolerance() const { return GetParam().single_precision ? 2e-6 : 1e-13; }
};

TEST_P(DrivenInputs, IntegrateFireAddsItsValueInEveryStep) {
    CompiledNetwork network = counted(IntegrateFireInput(), 3, inference());
    const Inputs inputs = value_inputs(Array(Shape{2, 3}, {0.25, 0.5, -1.0, 1.0, 7.0, 0.0}));
    const std::vector<double> counts = network.predict(inputs).at("output").values;
    // The spike of the last step arrives after the end.
    EXPECT_EQ(counts, (std::vector<double>{9.0, 19.0, 0.0, 39.0, 39.0, 0.0}));
    const Trace trace = network.trace(inputs, 0);
    const std::vector<double>& v = trace.states.at("input.v").values;
    for (std::size_t step = 0; step < kSteps; ++step) {
        EXPECT_EQ(v[step * 3], 0.25 * static_cast<double>((step + 1) % 4));
        EXPECT_EQ(v[step * 3 + 2], -1.0 - static_cast<double>(step));
    }
}

TEST_P(DrivenInputs, LeakyIntegrateFireApproachesItsValue) {
    for (const bool scaled : {false, true}) {
        LeakyIntegrateFireInputOptions options;
        options.neuron.tau_mem = 10.0;
        options.neuron.scale_i = scaled;
        options.neuron.v_thresh = 1e6;
        CompiledNetwork network = counted(LeakyIntegrateFireInput(options), 1, inference());
        const Trace trace = network.trace(value_inputs(Array(Shape{1, 1}, {0.7})), 0);
        const double decay = std::exp(-1.0 / 10.0);
        for (std::size_t step = 0; step < kSteps; ++step) {
            const double limit = scaled ? 0.7 : 0.7 / (1.0 - decay);
            const double expected = limit * (1.0 - std::pow(decay, static_cast<double>(step + 1)));
            EXPECT_NEAR(trace.states.at("input.v").values[step], expected, 10 * tolerance());
        }
    }
}

TEST_P(DrivenInputs, FramesHoldAndTheLastOneLasts) {
    for (const std::size_t timesteps : {1, 4, 15}) {
        IntegrateFireInputOptions options;
        options.neuron.v_thresh = 1e6;
        options.frames = {3, timesteps};
        CompiledNetwork network = counted(IntegrateFireInput(options), 2, inference());
        const Array values(Shape{2, 3, 2}, {1, 2, 4, 8, 16, 32, 0, 0, 1, -1, 3, -3});
        for (const std::size_t example : {0, 1}) {
            const Trace trace = network.trace(value_inputs(values), example);
            double sum = 0.0;
            for (std::size_t step = 0; step < kSteps; ++step) {
                const std::size_t frame = std::min<std::size_t>(step / timesteps, 2);
                sum += values.values[(example * 3 + frame) * 2 + 1];
                EXPECT_EQ(trace.states.at("input.v").values[step * 2 + 1], sum) << step;
            }
        }
    }
}

/// A neuron and the input with the same arguments.
struct Pair {
    std::string label;
    std::shared_ptr<const Neuron> plain;
    std::shared_ptr<const Neuron> driven;
};

std::vector<Pair> pairs() {
    const InputFrames frames{kSteps, 1};
    std::vector<Pair> pairs;
    const auto add_leaky = [&](const std::string& label, LeakyIntegrateFireOptions options) {
        options.tau_mem = 12.0;
        pairs.push_back({label, std::make_shared<LeakyIntegrateFire>(options),
                         std::make_shared<LeakyIntegrateFireInput>(
                             LeakyIntegrateFireInputOptions{options, frames})});
    };
    pairs.push_back({"integrate", std::make_shared<IntegrateFire>(IntegrateFireOptions{0.75, 0.1}),
                     std::make_shared<IntegrateFireInput>(
                         IntegrateFireInputOptions{IntegrateFireOptions{0.75, 0.1}, frames})});
    add_leaky("relative", {});
    add_leaky("absolute", {.v_reset = 0.125, .relative_reset = false});
    add_leaky("scaled", {.v_thresh = 0.02, .scale_i = true});
    add_leaky("refractory", {.tau_refrac = 3.0});
    add_leaky("held", {.tau_refrac = 5.0, .integrate_during_refrac = false});
    add_leaky("different", {.v_thresh = Array::vector({0.5, 1.0, 1.5, 2.0, 2.5})});
    return pairs;
}

// The plain neuron gets the values of a step by the spike of a neuron of that step.
TEST_P(DrivenInputs, AreThePlainNeuronsDrivenByTheSameCurrent) {
    constexpr std::size_t kSize = 5;
    Numbers numbers(3);
    const Array currents = numbers.dyadic(kSteps, kSize, 0.25, 0.5);
    std::vector<std::vector<std::size_t>> clock(kSteps);
    for (std::size_t step = 0; step + 1 < kSteps; ++step)
        clock[step + 1] = {step};
    const Inputs spikes{
        {"input", std::shared_ptr<const GridSpikes>(spikes_at(clock, kSteps, 1.0))}};
    Array frames = currents;
    frames.shape = Shape{1, kSteps, kSize};
    std::fill_n(frames.values.begin(), kSize, 0.0);
    for (const Pair& pair : pairs()) {
        SCOPED_TRACE(pair.label);
        Network network;
        Population& input = network.population(SpikeInput(), Shape{kSteps}, "input");
        Population& plain = network.population(*pair.plain, Shape{kSize}, "plain");
        Population& output = network.population(IntegrateFire({.readout = std::make_shared<Var>()}),
                                                Shape{kSize}, "output");
        network.connect(input, plain, Dense(currents), Delta());
        network.connect(plain, output, Dense(0.1), Delta());
        CompiledNetwork compiled = InferenceCompiler(inference()).compile(network);
        const Trace expected = compiled.trace(spikes, 0);
        const Trace found =
            counted(*pair.driven, kSize, inference()).trace(value_inputs(frames), 0);
        EXPECT_EQ(found.states.at("input.v").values, expected.states.at("plain.v").values);
        EXPECT_EQ(found.spikes.at("input").neurons, expected.spikes.at("plain").neurons);
        EXPECT_EQ(found.spikes.at("input").step_begin, expected.spikes.at("plain").step_begin);
        EXPECT_GT(expected.spikes.at("plain").neurons.size(), 10U);
    }
}

TEST_P(DrivenInputs, StreamsGiveTheSameStepByStep) {
    LeakyIntegrateFireInputOptions options;
    options.frames = {4, 10};
    Numbers numbers(8);
    Array values(Shape{2, 4, 3});
    for (double& value : values.values)
        value = numbers.dyadic(0.2, 0.4);
    CompiledNetwork network = counted(LeakyIntegrateFireInput(options), 3, inference());
    const std::vector<double> predicted = network.predict(value_inputs(values)).at("output").values;
    Stream stream = network.stream(2);
    const Trace trace = network.trace(value_inputs(values), 1);
    for (std::size_t step = 0; step < kSteps; ++step) {
        if (step % 10 == 0) {
            Array frame(Shape{2, 3});
            for (std::size_t k = 0; k < 6; ++k)
                frame.values[k] = values.values[(k / 3 * 4 + step / 10) * 3 + k % 3];
            stream.step({{"input", frame}});
        } else {
            stream.step();
        }
        const std::vector<double> state = stream.state("input", "v").values;
        for (std::size_t k = 0; k < 3; ++k)
            EXPECT_EQ(state[3 + k], trace.states.at("input.v").values[step * 3 + k]) << step;
    }
    EXPECT_EQ(stream.readout("output").values, predicted);
    EXPECT_GT(largest(predicted), 2.0);
}

// Two batches that are not reset are one twice as long.
TEST_P(DrivenInputs, CarryTheirStatesWhereBatchesAreNotReset) {
    const Array values(Shape{1, 2}, {0.3, 0.7});
    const auto states = [&](bool resets, std::size_t steps, std::size_t runs) {
        InferenceOptions options = inference(steps);
        options.batch_size = 1;
        options.reset_vars_between_batches = resets;
        options.reset_in_syn_between_batches = resets;
        options.reset_time_between_batches = resets;
        CompiledNetwork network = counted(IntegrateFireInput(), 2, options);
        std::vector<double> counts;
        for (std::size_t run = 0; run < runs; ++run)
            counts = network.predict(value_inputs(values)).at("output").values;
        return counts;
    };
    EXPECT_EQ(states(false, 13, 3), states(true, 39, 1));
    EXPECT_EQ(states(true, 13, 3), states(true, 13, 1));
    EXPECT_NE(states(false, 13, 3), states(true, 13, 1));
}

/// Driven neurons in front of a network that learns, or spikes that are data.
Network learning(const Neuron& input_neuron) {
    Network network(EventPropCompiler::default_params());
    Numbers numbers(4);
    Population& input = network.population(input_neuron, Shape{12}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{40}, "hidden");
    Population& output = network.population(LeakyIntegrate({.readout = std::make_shared<AvgVar>()}),
                                            Shape{3}, "output");
    network.connect(input, hidden, Dense(numbers.dyadic(12, 40, 0.5, 0.75)), Exponential(),
                    "first");
    network.connect(hidden, output, Dense(numbers.dyadic(40, 3, 0.0, 0.5)), Exponential(),
                    "second");
    network.connect(input, output, Dense(numbers.dyadic(12, 3, 0.0, 0.5)), Exponential(), "skip");
    return network;
}

LeakyIntegrateFireInput learning_input() {
    LeakyIntegrateFireInputOptions options;
    options.neuron.tau_refrac = 2.0;
    options.neuron.scale_i = false;
    return LeakyIntegrateFireInput(options);
}

Array learning_values() {
    Numbers numbers(9);
    Array values = numbers.dyadic(7, 12, 0.1, 0.25);
    return values;
}

const Labels kLabels{{"output", {0, 1, 2, 1, 0, 2, 2}}};

CompiledTrainingNetwork compile_learning(const Neuron& neuron, const BackendOptions& backend,
                                         bool folds = true) {
    EventPropOptions options;
    options.example_timesteps = kSteps;
    options.batch_size = 3;
    options.fold_readouts = folds;
    options.backend = backend;
    return EventPropCompiler(options).compile(learning(neuron));
}

// The gradients of what the neurons feed are those of their spikes given as data.
TEST_P(DrivenInputs, TrainWhatTheyFeed) {
    const Inputs values = value_inputs(learning_values());
    for (const bool folds : {false, true}) {
        CompiledTrainingNetwork driven =
            compile_learning(learning_input(), GetParam().options, folds);
        auto spikes = std::make_shared<GridSpikes>(12, kSteps, 1.0);
        for (std::size_t example = 0; example < 7; ++example)
            spikes->append(driven.trace(values, example).spikes.at("input"));
        EXPECT_GT(spikes->num_spikes(), 100U);
        CompiledTrainingNetwork given = compile_learning(SpikeInput(), GetParam().options, folds);
        const Inputs data{{"input", std::shared_ptr<const GridSpikes>(spikes)}};
        EXPECT_NEAR(driven.loss(values, kLabels), given.loss(data, kLabels), tolerance());
        const auto expected = given.gradients(data, kLabels);
        for (const auto& [name, gradient] : driven.gradients(values, kLabels)) {
            EXPECT_LT(relative_error(gradient.values, expected.at(name).values), 10 * tolerance())
                << name;
            EXPECT_GT(largest(gradient.values), 0.0);
        }
        const auto delays = given.delay_gradients(data, kLabels);
        for (const auto& [name, gradient] : driven.delay_gradients(values, kLabels))
            EXPECT_LT(relative_error(gradient.values, delays.at(name).values), 1e-4) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, DrivenInputs, testing::ValuesIn(all_backends()), BackendLabel());

TEST(DrivenInputsOnThreads, GiveTheSameBits) {
    std::vector<std::vector<double>> weights;
    for (const int threads : {1, 2, 5}) {
        BackendOptions backend = backend_case("cpu_built_in").options;
        backend.threads = threads;
        CompiledTrainingNetwork network = compile_learning(learning_input(), backend);
        network.train(value_inputs(learning_values()), kLabels, {.num_epochs = 3});
        weights.push_back(network.weights("first").values);
        const std::vector<double> skip = network.weights("skip").values;
        weights.back().insert(weights.back().end(), skip.begin(), skip.end());
    }
    EXPECT_EQ(weights[1], weights[0]);
    EXPECT_EQ(weights[2], weights[0]);
}

TEST(DrivenInputsOnThreads, BackendsAgree) {
    const Inputs values = value_inputs(learning_values());
    const auto gradients = [&](const std::string& label) {
        return compile_learning(learning_input(), backend_case(label).options)
            .gradients(values, kLabels);
    };
    const auto expected = gradients("reference64");
    for (const char* label : {"cpu_built_in", "reference"}) {
        for (const auto& [name, gradient] : gradients(label)) {
            EXPECT_LT(relative_error(gradient.values, expected.at(name).values), 2e-5)
                << label << " " << name;
        }
    }
}

}  // namespace
}  // namespace saltus::test
