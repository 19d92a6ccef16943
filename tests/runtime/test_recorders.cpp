#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>
#include <saltus/runtime/callbacks.hpp>
#include <saltus/runtime/recorders.hpp>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

/// (step, neuron) of each spike that trace() sees.
std::vector<std::pair<double, std::uint32_t>> traced_spikes(const SpikeList& list) {
    std::vector<std::pair<double, std::uint32_t>> spikes;
    for (std::size_t step = 0; step + 1 < list.step_begin.size(); ++step) {
        for (std::uint32_t k = list.step_begin[step]; k < list.step_begin[step + 1]; ++k)
            spikes.emplace_back(static_cast<double>(step), list.neurons[k]);
    }
    return spikes;
}

std::vector<std::pair<double, std::uint32_t>> pairs_of(const SpikeRecorder::Record& record) {
    std::vector<std::pair<double, std::uint32_t>> spikes;
    const std::vector<double> times = record.times();
    const std::vector<std::uint32_t> neurons = record.spikes().neurons;
    for (std::size_t k = 0; k < times.size(); ++k)
        spikes.emplace_back(times[k], neurons[k]);
    return spikes;
}

class Recorders : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP();
    }
};

TEST_P(Recorders, SeeWhatEachExampleDid) {
    for (const int threads : {1, 2}) {
        BackendOptions backend = GetParam().options;
        backend.threads = threads;
        Compiled compiled(backend);
        const auto input = std::make_shared<SpikeRecorder>("input");
        const auto hidden = std::make_shared<SpikeRecorder>("hidden");
        const auto voltage = std::make_shared<VarRecorder>("hidden", "v");
        const auto output = std::make_shared<VarRecorder>("output", "v");
        const Metrics plain =
            compiled.network.evaluate(compiled.data.inputs(), compiled.data.targets());
        const Metrics recorded =
            compiled.network.evaluate(compiled.data.inputs(), compiled.data.targets(), {"accuracy"},
                                      {input, hidden, voltage, output});
        EXPECT_EQ(plain, recorded);
        ASSERT_EQ(hidden->data().size(), 10U);
        std::size_t spikes = 0;
        for (std::size_t example = 0; example < 10; ++example) {
            const Trace trace = compiled.network.trace(compiled.data.inputs(), example);
            EXPECT_EQ(hidden->data()[example].example, example);
            EXPECT_EQ(pairs_of(input->data()[example]), traced_spikes(trace.spikes.at("input")));
            EXPECT_EQ(pairs_of(hidden->data()[example]), traced_spikes(trace.spikes.at("hidden")));
            EXPECT_EQ(voltage->data()[example].values.values, trace.states.at("hidden.v").values);
            EXPECT_EQ(output->data()[example].values.values, trace.states.at("output.v").values);
            spikes += hidden->data()[example].spikes().neurons.size();
        }
        EXPECT_GT(spikes, 0U);
    }
}

TEST_P(Recorders, TrainingIsTheSameWithThem) {
    for (const int threads : {1, 2}) {
        BackendOptions backend = GetParam().options;
        backend.threads = threads;
        Compiled plain(backend);
        plain.train({.num_epochs = 2});
        Compiled recorded(backend);
        const auto spikes = std::make_shared<SpikeRecorder>("hidden");
        const auto voltage =
            std::make_shared<VarRecorder>("hidden", "v", RecorderOptions{.examples = {2, 7}});
        recorded.train({.num_epochs = 2, .callbacks = {spikes, voltage}});
        EXPECT_EQ(recorded.weights(), plain.weights());
        EXPECT_EQ(spikes->data().size(), 20U);
        ASSERT_EQ(voltage->data().size(), 4U);
        std::vector<std::pair<std::size_t, std::size_t>> seen;
        for (const VarRecorder::Record& record : voltage->data())
            seen.emplace_back(record.epoch, record.example);
        std::sort(seen.begin(), seen.end());
        EXPECT_EQ(seen, (std::vector<std::pair<std::size_t, std::size_t>>{
                            {0, 2}, {0, 7}, {1, 2}, {1, 7}}));
    }
}

TEST_P(Recorders, ChooseExamplesAndNeurons) {
    Compiled compiled(GetParam().options);
    const auto all = std::make_shared<SpikeRecorder>("hidden");
    const auto some = std::make_shared<SpikeRecorder>(
        "hidden", RecorderOptions{.examples = {3, 9}, .neurons = {4, 0}});
    const auto counts = std::make_shared<SpikeRecorder>("hidden", RecorderOptions{}, true);
    const auto few_counts =
        std::make_shared<SpikeRecorder>("hidden", RecorderOptions{.neurons = {4, 0}}, true);
    const auto voltage = std::make_shared<VarRecorder>(
        "hidden", "v", RecorderOptions{.examples = {9}, .neurons = {1, 0}});
    compiled.network.predict(compiled.data.inputs(), {all, some, counts, few_counts, voltage});
    ASSERT_EQ(some->data().size(), 2U);
    EXPECT_EQ(some->data()[1].example, 9U);
    std::vector<std::pair<double, std::uint32_t>> expected;
    std::vector<std::uint32_t> expected_counts(counts->data()[9].counts.size(), 0);
    for (const auto& spike : pairs_of(all->data()[9])) {
        if (spike.second == 4 || spike.second == 0) expected.push_back(spike);
        ++expected_counts[spike.second];
    }
    EXPECT_EQ(pairs_of(some->data()[1]), expected);
    EXPECT_EQ(some->data()[1].spikes().step_begin.size(), 21U);
    EXPECT_THAT(counts->data()[9].counts, testing::ElementsAreArray(expected_counts));
    EXPECT_THAT(few_counts->data()[9].counts,
                testing::ElementsAre(expected_counts[4], expected_counts[0]));
    const std::vector<double> whole =
        compiled.network.trace(compiled.data.inputs(), 9).states.at("hidden.v").values;
    const std::size_t size = whole.size() / 20;
    const Array& values = voltage->data().at(0).values;
    ASSERT_EQ(values.shape, (Shape{20, 2}));
    for (std::size_t step = 0; step < 20; ++step) {
        EXPECT_EQ(values.values[2 * step], whole[step * size + 1]);
        EXPECT_EQ(values.values[2 * step + 1], whole[step * size]);
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Recorders, testing::ValuesIn(all_backends()), BackendLabel());

TEST(RecorderErrors, NameWhatThereIs) {
    Compiled compiled;
    const auto problem = [&](const std::shared_ptr<Callback>& recorder) {
        try {
            compiled.network.predict(compiled.data.inputs(), {recorder});
        } catch (const ModelError& error) {
            return error.problem() + "; " + error.advice();
        }
        return std::string();
    };
    EXPECT_EQ(problem(std::make_shared<SpikeRecorder>("hiden")),
              "there is no population 'hiden'; did you mean 'hidden'? (known are input, hidden and "
              "output)");
    EXPECT_EQ(problem(std::make_shared<VarRecorder>("hidden", "w")),
              "its model leaky_integrate_fire has no state 'w'; did you mean 'v'? (known are v)");
    EXPECT_EQ(problem(std::make_shared<VarRecorder>("input", "v")),
              "its model spike_input has no states; record its spikes");
    EXPECT_NE(
        problem(std::make_shared<SpikeRecorder>("hidden", RecorderOptions{.neurons = {1000}})), "");
    // The network goes on working.
    EXPECT_EQ(compiled.network.predict(compiled.data.inputs()).size(), 1U);
}

TEST(RecorderErrors, StatesOfAFoldedOutputNeedStepsInTraining) {
    Compiled compiled;
    const auto recorder = std::make_shared<VarRecorder>("output", "v");
    EXPECT_THROW(compiled.train({.callbacks = {recorder}}), ModelError);
}

}  // namespace
}  // namespace saltus::test
