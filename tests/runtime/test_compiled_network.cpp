#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <saltus/runtime/callbacks.hpp>
#include <saltus/runtime/recorders.hpp>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

class CompiledNetworks : public testing::TestWithParam<BackendCase> {};

TEST_P(CompiledNetworks, EvaluateWhatTheyPredict) {
    Compiled compiled(GetParam().options);
    const Array readouts = compiled.network.predict(compiled.data.inputs()).at("output");
    ASSERT_EQ(readouts.shape, (Shape{10, 3}));
    double correct = 0.0;
    double square = 0.0;
    double loss = 0.0;
    for (std::size_t example = 0; example < 10; ++example) {
        const auto begin = readouts.values.begin() + static_cast<std::ptrdiff_t>(example * 3);
        const auto label = static_cast<std::size_t>(compiled.data.labels[example]);
        correct += std::size_t(std::max_element(begin, begin + 3) - begin) == label ? 1.0 : 0.0;
        double sum = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
            square += std::pow(begin[static_cast<std::ptrdiff_t>(k)] - (k == label ? 1.0 : 0.0), 2);
            sum += std::exp(begin[static_cast<std::ptrdiff_t>(k)]);
        }
        loss += std::log(sum) - begin[static_cast<std::ptrdiff_t>(label)];
    }
    const Metrics metrics = compiled.network.evaluate(
        compiled.data.inputs(), compiled.data.targets(), {"accuracy", "mean_square_error"});
    EXPECT_DOUBLE_EQ(metrics.at("accuracy"), correct / 10.0);
    EXPECT_NEAR(metrics.at("mean_square_error"), square / 30.0, 1e-12);
    EXPECT_NEAR(compiled.network.loss(compiled.data.inputs(), compiled.data.targets()), loss / 10.0,
                1e-12);
}

TEST_P(CompiledNetworks, EvaluateWhatComesInParts) {
    Compiled compiled(GetParam().options);
    const std::vector<std::string> metrics = {"accuracy", "mean_square_error"};
    const Metrics all =
        compiled.network.evaluate(compiled.data.inputs(), compiled.data.targets(), metrics);
    const auto recorder =
        std::make_shared<SpikeRecorder>("hidden", RecorderOptions{.examples = {1, 7}});
    std::vector<std::vector<std::size_t>> shown;
    FunctionCallback::Functions functions;
    functions.batch_begin = [&](const Progress& progress) {
        EXPECT_EQ(progress.num_batches, 0U);
        EXPECT_EQ(progress.batch, shown.size());
        shown.emplace_back(progress.examples.begin(), progress.examples.end());
    };
    std::size_t seen = 0;
    std::size_t part = 0;
    const std::vector<std::vector<std::size_t>> parts = {{0, 1, 2, 3, 4, 5}, {6}, {7, 8, 9}};
    const Metrics in_parts = compiled.network.evaluate(
        [&]() -> std::optional<Dataset> {
            if (part == parts.size()) return {};
            const SpikeData some = compiled.data.select(parts[part++]);
            return Dataset{some.inputs(), some.targets()};
        },
        metrics, {recorder, std::make_shared<FunctionCallback>(functions)},
        [&](const std::map<std::string, Array>& readouts) {
            EXPECT_EQ(readouts.at("output").shape, (Shape{shown.back().size(), 3}));
            seen += shown.back().size();
        });
    EXPECT_EQ(in_parts.at("accuracy"), all.at("accuracy"));
    EXPECT_NEAR(in_parts.at("mean_square_error"), all.at("mean_square_error"), 1e-12);
    EXPECT_EQ(seen, 10U);
    EXPECT_EQ(shown, (std::vector<std::vector<std::size_t>>{{0, 1, 2, 3}, {4, 5}, {6}, {7, 8, 9}}));
    ASSERT_EQ(recorder->data().size(), 2U);
    EXPECT_EQ(recorder->data()[1].example, 7U);
    EXPECT_EQ(recorder->data()[1].spikes().neurons,
              compiled.network.trace(compiled.data.inputs(), 7).spikes.at("hidden").neurons);
}

TEST_P(CompiledNetworks, TraceWhatTheyPredict) {
    Compiled compiled(GetParam().options);
    const Array readouts = compiled.network.predict(compiled.data.inputs()).at("output");
    for (const std::size_t example : {0, 9}) {
        const Trace trace = compiled.network.trace(compiled.data.inputs(), example);
        ASSERT_EQ(trace.spikes.size(), 3U);
        for (const auto& [name, spikes] : trace.spikes) {
            EXPECT_EQ(spikes.step_begin.size(), 21U) << name;
            EXPECT_EQ(spikes.step_begin.back(), spikes.neurons.size()) << name;
        }
        ASSERT_EQ(trace.states.size(), 2U);
        const Array& output = trace.states.at("output.v");
        EXPECT_EQ(output.shape, (Shape{20, 3}));
        EXPECT_EQ(trace.states.at("hidden.v").shape, (Shape{20, 10}));
        for (std::size_t k = 0; k < 3; ++k) {
            double mean = 0.0;
            for (std::size_t step = 0; step < 20; ++step)
                mean += output.values[step * 3 + k] / 20.0;
            EXPECT_NEAR(readouts.values[example * 3 + k], mean, 1e-6);
            EXPECT_NEAR(trace.readouts.at("output").values[k], mean, 1e-6);
        }
        SpikeList given;
        compiled.data.spikes->unpack(example, given);
        EXPECT_EQ(spike_pairs(trace.spikes.at("input")), spike_pairs(given));
    }
}

TEST_P(CompiledNetworks, WeightsAreKeptAsGiven) {
    Compiled compiled(GetParam().options);
    Numbers numbers(44);
    for (const std::string& name : compiled.network.connections()) {
        const Shape shape = compiled.network.weights(name).shape;
        const Array weights = numbers.dyadic(shape[0], shape[1], 0.0, 3.0);
        compiled.network.set_weights(name, weights);
        EXPECT_EQ(compiled.network.weights(name).values, weights.values) << name;
    }
    Compiled other(GetParam().options);
    for (const std::string& name : other.network.connections()) {
        other.network.set_weights(name, compiled.network.weights(name));
    }
    EXPECT_EQ(other.network.predict(other.data.inputs()).at("output").values,
              compiled.network.predict(other.data.inputs()).at("output").values);
}

TEST_P(CompiledNetworks, GradientsLeaveTheWeights) {
    Compiled compiled(GetParam().options);
    const auto before = compiled.weights();
    const auto gradients =
        compiled.network.gradients(compiled.data.inputs(), compiled.data.targets());
    EXPECT_EQ(compiled.weights(), before);
    ASSERT_EQ(gradients.size(), 2U);
    EXPECT_EQ(gradients.at("input->hidden").shape, (Shape{12, 10}));
    const auto again = compiled.network.gradients(compiled.data.inputs(), compiled.data.targets());
    EXPECT_EQ(again.at("input->hidden").values, gradients.at("input->hidden").values);
    EXPECT_EQ(again.at("hidden->output").values, gradients.at("hidden->output").values);
}

TEST_P(CompiledNetworks, CanBeMoved) {
    Compiled compiled(GetParam().options);
    const auto before = compiled.network.predict(compiled.data.inputs()).at("output").values;
    CompiledTrainingNetwork moved = std::move(compiled.network);
    EXPECT_EQ(moved.predict(compiled.data.inputs()).at("output").values, before);
}

TEST_P(CompiledNetworks, SayWhatTheyAre) {
    const Compiled compiled(GetParam().options);
    EXPECT_EQ(compiled.network.backend().name, GetParam().options.name);
    EXPECT_NE(compiled.network.explain().find("backend " + GetParam().options.name),
              std::string::npos);
    EXPECT_EQ(compiled.network.threads(), 1);
    EXPECT_EQ(compiled.network.plan().num_steps, 20U);
    EXPECT_EQ(compiled.network.connections(),
              (std::vector<std::string>{"input->hidden", "hidden->output"}));
}

/// Two outputs of different size behind one hidden population.
TEST_P(CompiledNetworks, MayHaveSeveralOutputs) {
    Numbers numbers(6);
    Network network(EventPropCompiler::default_params());
    Population& input = network.population(SpikeInput(), Shape{12}, "input");
    Population& hidden = network.population(LeakyIntegrateFire(), Shape{10}, "hidden");
    network.connect(input, hidden, Dense(numbers.dyadic(12, 10, 1.0, 1.0)), Exponential());
    for (const auto& [name, size] : {std::pair{"parity", 2}, {"kind", 3}}) {
        const auto outputs = static_cast<std::size_t>(size);
        Population& output = network.population(
            LeakyIntegrate({.readout = std::make_shared<AvgVar>()}), Shape{outputs}, name);
        network.connect(hidden, output, Dense(numbers.dyadic(10, outputs, 0.0, 1.0)),
                        Exponential());
    }
    const SpikeData data = separable_spikes(numbers, 6, 12, 20, 3);
    const Labels labels{{"parity", {0, 1, 0, 1, 0, 1}}, {"kind", data.labels}};
    EventPropOptions options = Compiled::options(GetParam().options, 0.01);
    CompiledTrainingNetwork both = EventPropCompiler(options).compile(network);
    EXPECT_EQ(both.predict(data.inputs()).at("parity").shape, (Shape{6, 2}));
    const double sum = both.loss(data.inputs(), labels);
    const auto results = both.train(data.inputs(), labels, {.num_epochs = 20});
    EXPECT_EQ(results[0].metrics.count("parity.accuracy"), 1U);
    EXPECT_EQ(results[0].metrics.count("kind.accuracy"), 1U);
    EXPECT_LT(results.back().metrics.at("loss"), results.front().metrics.at("loss"));
    // A loss that is softened weighs less in the sum.
    options.losses["parity"] = std::make_shared<SparseCategoricalCrossentropy>(1e6);
    const double soft = EventPropCompiler(options).compile(network).loss(data.inputs(), labels);
    options.losses["kind"] = std::make_shared<SparseCategoricalCrossentropy>(1e6);
    const double softer = EventPropCompiler(options).compile(network).loss(data.inputs(), labels);
    EXPECT_NEAR(softer, std::log(2.0) + std::log(3.0), 1e-5);
    EXPECT_NE(soft, sum);
}

INSTANTIATE_TEST_SUITE_P(Backends, CompiledNetworks,
                         testing::Values(backend_case("cpu_built_in"), backend_case("reference"),
                                         backend_case("reference64")),
                         BackendLabel());

}  // namespace
}  // namespace saltus::test
