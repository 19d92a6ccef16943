// Recorded weights and delays, on every matrix type.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/common/errors.hpp>
#include <saltus/runtime/callbacks.hpp>
#include <saltus/runtime/conn_var_recorder.hpp>

#include "backend/connectivity_examples.hpp"
#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

/// Values of every pair of neurons from a list of synapses.
std::vector<double> values_of(const SynapseList& list, std::size_t targets, std::size_t sources,
                              bool delays) {
    std::vector<double> values(sources * targets, std::nan(""));
    for (std::size_t k = 0; k < list.pre.size(); ++k) {
        double& cell = values[list.pre[k] * targets + list.post[k]];
        const double value = delays ? double(list.delay[k]) : list.weight[k];
        if (std::isnan(cell)) {
            cell = value;
        } else {
            cell = delays ? std::max(cell, value) : cell + value;
        }
    }
    return values;
}

void expect_same(const std::vector<double>& found, const std::vector<double>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(std::isnan(found[k]), std::isnan(expected[k])) << k;
        if (!std::isnan(expected[k])) {
            EXPECT_NEAR(found[k], expected[k], 1e-12 + 1e-12 * std::abs(expected[k])) << k;
        }
    }
}

class RecordedConnectivity : public testing::TestWithParam<ConnectivityExample> {};

TEST_P(RecordedConnectivity, IsThatOfTheSynapses) {
    const ConnectivityExample& example = GetParam();
    Numbers numbers(3);
    const SpikeData data = random_spikes(numbers, 5, example.source.size(), 10, 0.15, 2);
    Network network;
    Population& input = network.population(SpikeInput(), example.source, "input");
    Population& target = network.population(IntegrateFire(IntegrateFireOptions{
                                                .readout = std::make_shared<SpikeCount>(),
                                            }),
                                            example.target, "target");
    const std::optional<std::size_t> max_delay =
        example.max_delay_steps > 0 ? std::optional(example.max_delay_steps) : std::nullopt;
    network.connect(input, target, *example.make(numbers), Exponential(5.0), "c", max_delay);
    const std::vector<std::size_t> rows = {example.source.size() - 1, 0};
    const std::vector<std::size_t> columns = {0, example.target.size() - 1, 0};
    for (const MatrixType type : example.matrix_types) {
        SCOPED_TRACE(to_string(type));
        InferenceOptions options;
        options.evaluate_timesteps = 10;
        options.batch_size = 2;
        options.matrix_types = {type};
        CompiledNetwork compiled = InferenceCompiler(options).compile(network);
        const SynapseList list = compiled.synapses("c");
        for (const bool delays : {false, true}) {
            const std::string variable = delays ? "delay" : "weight";
            const auto all = std::make_shared<ConnVarRecorder>("c", variable);
            const auto some = std::make_shared<ConnVarRecorder>(
                "c", variable,
                ConnRecorderOptions{
                    .examples = {1, 4}, .source_neurons = rows, .target_neurons = columns});
            compiled.predict(data.inputs(), {all, some});
            ASSERT_EQ(all->data().size(), 5U);
            const std::size_t targets = example.target.size();
            const std::vector<double> expected =
                values_of(list, targets, example.source.size(), delays);
            EXPECT_EQ(all->data()[0].values->shape, (Shape{example.source.size(), targets}));
            expect_same(all->data()[0].values->values, expected);
            // Nothing changes, so that nothing is copied.
            EXPECT_EQ(all->data()[4].values, all->data()[0].values);
            ASSERT_EQ(some->data().size(), 2U);
            EXPECT_EQ(some->data()[1].example, 4U);
            std::vector<double> chosen;
            for (const std::size_t row : rows) {
                for (const std::size_t column : columns)
                    chosen.push_back(expected[row * targets + column]);
            }
            expect_same(some->data()[0].values->values, chosen);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedConnectivity, testing::ValuesIn(connectivity_examples()),
                         BackendLabel());

TEST(ConnVarRecorderTest, SeesTheWeightsThatABatchIsTrainedWith) {
    Compiled compiled;
    const auto recorder = std::make_shared<ConnVarRecorder>("input->hidden", "weight");
    std::vector<std::vector<double>> before;
    FunctionCallback::Functions functions;
    functions.batch_begin = [&](const Progress& progress) {
        before.push_back(progress.network->weights("input->hidden").values);
        EXPECT_EQ(progress.examples.size(), progress.batch < 2 ? 4U : 2U);
    };
    compiled.train({.num_epochs = 2,
                    .shuffle = false,
                    .callbacks = {recorder, std::make_shared<FunctionCallback>(functions)}});
    ASSERT_EQ(before.size(), 6U);
    ASSERT_EQ(recorder->data().size(), 20U);
    EXPECT_NE(before[0], before[1]);
    for (std::size_t k = 0; k < 20; ++k) {
        EXPECT_EQ(recorder->data()[k].epoch, k / 10);
        EXPECT_EQ(recorder->data()[k].example, k % 10);
        EXPECT_EQ(recorder->data()[k].values->values, before[k / 10 * 3 + k % 10 / 4]);
    }
}

std::string problem_of(const std::string& connection, const std::string& variable,
                       const ConnRecorderOptions& options = {}) {
    Compiled compiled;
    try {
        const auto recorder = std::make_shared<ConnVarRecorder>(connection, variable, options);
        compiled.network.predict(compiled.data.inputs(), {recorder});
    } catch (const ModelError& error) {
        return error.what();
    }
    return "nothing";
}

TEST(ConnVarRecorderTest, WhatDoesNotExistIsToldWithWhatDoes) {
    EXPECT_EQ(problem_of("input->hiden", "weight"),
              "[ConnVarRecorder] there is no connection 'input->hiden'; did you mean "
              "'input->hidden'? (known are input->hidden and hidden->output)");
    EXPECT_EQ(problem_of("input->hidden", "wieght"),
              "[ConnVarRecorder] synapses have no variable 'wieght'; did you mean 'weight'? (known "
              "are weight and delay)");
    EXPECT_EQ(problem_of("input->hidden", "weight", {.source_neurons = {12}}),
              "[ConnVarRecorder] there is no neuron 12 in its source population 'input', which has "
              "12; give numbers below 12");
    EXPECT_THAT(problem_of("input->hidden", "weight", {.target_neurons = {99}}),
                testing::HasSubstr("there is no neuron 99 in its target population 'hidden'"));
}

}  // namespace
}  // namespace saltus::test
