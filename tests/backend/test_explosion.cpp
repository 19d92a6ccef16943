// Gradients that are no numbers stop training before a weight is touched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>

#include <saltus/common/errors.hpp>

#include "support/networks.hpp"

namespace saltus::test {
namespace {

/// A loss whose derivatives are what a test sets, whatever the network does.
class WildLoss : public Loss {
  public:
    std::string name() const override { return "wild"; }
    double evaluate(std::span<const double> /*readout*/, const Target& target,
                    std::span<double> gradient) const override {
        // In one example of the batch only.
        std::fill(gradient.begin(), gradient.end(), target.label == 2 ? slope.load() : 0.01);
        return 1.0;
    }
    std::atomic<double> slope = 0.01;
};

struct Wild {
    std::shared_ptr<WildLoss> loss = std::make_shared<WildLoss>();
    Numbers numbers{8};
    SpikeData data;
    CompiledTrainingNetwork network;

    Wild(const BackendOptions& backend, bool fold, std::optional<double> clip_norm = {},
         std::size_t hidden = 10)
        : data(separable_spikes(numbers, 12, 12, 20, 3)), network([&] {
              EventPropOptions options;
              options.example_timesteps = 20;
              options.batch_size = 6;
              options.loss = loss;
              options.optimiser = Adam{.alpha = 0.01};
              options.clip_norm = clip_norm;
              options.fold_readouts = fold;
              options.backend = backend;
              return EventPropCompiler(options).compile(small_network({.hidden = hidden}));
          }()) {}

    void train(std::size_t epoch) {
        network.train(data.inputs(), data.targets(), {.start_epoch = epoch, .metrics = {}});
    }
    std::string problem(std::size_t epoch) {
        try {
            train(epoch);
        } catch (const ModelError& error) {
            EXPECT_FALSE(error.field("connection").empty());
            return error.problem();
        }
        return "";
    }
};

void expect_same(const TrainingState& found, const TrainingState& expected) {
    EXPECT_EQ(found.num_updates, expected.num_updates);
    EXPECT_EQ(found.next_epoch, expected.next_epoch);
    for (const auto& [name, array] : expected.weights)
        EXPECT_EQ(found.weights.at(name).values, array.values) << name;
    for (const auto& [name, array] : expected.mean_gradients)
        EXPECT_EQ(found.mean_gradients.at(name).values, array.values) << name;
    for (const auto& [name, array] : expected.mean_squares)
        EXPECT_EQ(found.mean_squares.at(name).values, array.values) << name;
}

class Explosion : public testing::TestWithParam<BackendCase> {
  protected:
    void SetUp() override {
        if (!can_run(GetParam())) GTEST_SKIP() << "there is no compiler";
    }
};

TEST_P(Explosion, LeavesTheStateOfTheBatchBefore) {
    for (const bool fold : {false, true}) {
        for (const std::optional<double> clip : {std::optional<double>(), {1.0}}) {
            Wild wild(GetParam().options, fold, clip);
            wild.train(0);
            const TrainingState good = wild.network.training_state();
            for (const double slope : {std::numeric_limits<double>::infinity(), std::nan(""), 1e200,
                                       -std::numeric_limits<double>::infinity()}) {
                wild.loss->slope = slope;
                const std::string problem = wild.problem(1);
                EXPECT_THAT(problem,
                            testing::HasSubstr("'hidden->output' into population 'output'"))
                    << slope;
                EXPECT_THAT(problem, testing::HasSubstr("in batch 0 of epoch 1; the weights are "
                                                        "those before that batch"));
                expect_same(wild.network.training_state(), good);
            }
            // Training goes on as if nothing had been.
            wild.loss->slope = 0.01;
            wild.train(1);
            Wild calm(GetParam().options, fold, clip);
            calm.train(0);
            calm.train(1);
            expect_same(wild.network.training_state(), calm.network.training_state());
        }
    }
}

TEST_P(Explosion, NamesThePopulationWhoseAdjointsExplode) {
    for (const bool fold : {false, true}) {
        Wild wild(GetParam().options, fold);
        // The feedback of finite slopes through weights like these is not.
        Array weights = wild.network.weights("hidden->output");
        const double large = GetParam().single_precision ? 1e30 : 1e140;
        for (double& weight : weights.values)
            weight = large;
        wild.network.set_weights("hidden->output", weights);
        wild.loss->slope = large == 1e30 ? 1e10 : 1e100;
        const TrainingState good = wild.network.training_state();
        const std::string problem = wild.problem(0);
        EXPECT_THAT(problem, testing::HasSubstr("'input->hidden' into population 'hidden'"));
        EXPECT_THAT(problem, testing::Not(testing::HasSubstr("'hidden->output'")));
        expect_same(wild.network.training_state(), good);
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Explosion, testing::ValuesIn(all_backends()), BackendLabel());

// A population that is cut into parts has the name of the whole.
TEST(ExplosionOfThreads, NamesTheConnectionThatTheUserKnows) {
    BackendOptions backend;
    backend.threads = 2;
    Wild wild(backend, false, {}, 150);
    wild.loss->slope = std::nan("");
    EXPECT_THAT(wild.problem(0),
                testing::HasSubstr("connection 'input->hidden' into population 'hidden', "
                                   "'hidden->output' into population 'output' are infinite"));
}

}  // namespace
}  // namespace saltus::test
