#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <saltus/common/errors.hpp>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

class TrainingStates : public testing::TestWithParam<BackendCase> {};

TEST_P(TrainingStates, ResumedTrainingGivesTheSameBits) {
    if (!can_run(GetParam())) GTEST_SKIP();
    const BackendOptions& backend = GetParam().options;
    Compiled whole(backend);
    whole.train({.num_epochs = 4, .input_dropout = 0.1});
    TrainingState state;
    {
        Compiled first(backend);
        first.train({.num_epochs = 2, .input_dropout = 0.1});
        state = first.network.training_state();
    }
    EXPECT_EQ(state.next_epoch, 2U);
    EXPECT_EQ(state.num_updates, 6U);
    Compiled second(backend);
    second.network.restore(state);
    second.train({.num_epochs = 2, .start_epoch = state.next_epoch, .input_dropout = 0.1});
    EXPECT_EQ(second.weights(), whole.weights());
    EXPECT_EQ(second.network.training_state().mean_squares.at("hidden->output").values,
              whole.network.training_state().mean_squares.at("hidden->output").values);
}

INSTANTIATE_TEST_SUITE_P(Backends, TrainingStates, testing::ValuesIn(all_backends()),
                         BackendLabel());

TEST(TrainingState, OfAnotherNetworkIsRefusedWhole) {
    Compiled compiled;
    compiled.train({});
    const TrainingState good = compiled.network.training_state();
    const auto before = compiled.weights();
    const auto problem = [&](const std::function<void(TrainingState&)>& spoil) {
        TrainingState state = good;
        for (auto& [name, weights] : state.weights)
            weights.values.assign(weights.values.size(), 7.0);
        spoil(state);
        try {
            compiled.network.restore(state);
        } catch (const ModelError& error) {
            return error.problem();
        }
        return std::string();
    };
    EXPECT_EQ(problem([](TrainingState& s) { s.mean_squares.erase("hidden->output"); }),
              "it has no mean squared gradient of 'hidden->output'");
    EXPECT_EQ(problem([](TrainingState& s) {
                  s.weights["a->b"] = {Shape{1}, {1.0}};
              }),
              "it has a weight array of 'a->b', the network not");
    EXPECT_NE(problem([](TrainingState& s) {
                  s.mean_gradients.at("hidden->output") = {Shape{1}, {1.0}};
              }),
              "");
    EXPECT_NE(
        problem([](TrainingState& s) { s.weights.at("hidden->output").values[0] = std::nan(""); }),
        "");
    EXPECT_NE(
        problem([](TrainingState& s) { s.mean_squares.at("hidden->output").values[0] = -1.0; }),
        "");
    EXPECT_NE(problem([](TrainingState& s) { s.optimiser = Adam{.beta1 = 1.0}; }), "");
    EXPECT_EQ(compiled.weights(), before);
    EXPECT_EQ(problem([](TrainingState&) {}), "");
    EXPECT_EQ(compiled.network.weights("hidden->output").values[0], 7.0);
}

}  // namespace
}  // namespace saltus::test
