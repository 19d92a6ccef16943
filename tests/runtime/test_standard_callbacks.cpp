#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>
#include <saltus/runtime/callbacks.hpp>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

template <class Call>
std::string problem_of(const Call& call) {
    try {
        call();
    } catch (const ModelError& error) {
        return error.problem();
    }
    return "";
}

/// What a callback makes of a row of figures.
std::size_t epochs_until_stop(EarlyStopping& stopping, const std::string& figure,
                              const std::vector<double>& values) {
    Metrics metrics;
    Progress progress;
    progress.metrics = &metrics;
    stopping.on_run_begin(progress);
    for (progress.epoch = 0; progress.epoch < values.size(); ++progress.epoch) {
        metrics[figure] = values[progress.epoch];
        stopping.on_epoch_end(progress);
        if (stopping.wants_to_stop()) return progress.epoch + 1;
    }
    return values.size() + 1;
}

TEST(EarlyStopping, WaitsForItsPatience) {
    EarlyStopping loss({.figure = "validation_loss", .patience = 2});
    EXPECT_EQ(epochs_until_stop(loss, "validation_loss", {3.0, 2.0, 2.5, 1.0, 1.0, 1.5, 0.1}), 6U);
    EXPECT_EQ(loss.best(), 1.0);
    EXPECT_EQ(loss.best_epoch(), 3U);
    EarlyStopping accuracy({.figure = "accuracy", .patience = 1, .min_delta = 0.1});
    EXPECT_EQ(epochs_until_stop(accuracy, "accuracy", {0.1, 0.3, 0.45, 0.5}), 4U);
    EXPECT_EQ(epochs_until_stop(accuracy, "accuracy", {0.1, 0.3, 0.45, 0.6}), 5U)
        << "a second run begins anew";
}

TEST(EarlyStopping, EndsTraining) {
    Compiled compiled;
    const auto stopping = std::make_shared<EarlyStopping>(
        EarlyStopping::Options{.figure = "loss", .patience = 1, .min_delta = 1e9});
    EXPECT_EQ(compiled.train({.num_epochs = 9, .callbacks = {stopping}}).size(), 2U);
}

TEST(EarlyStopping, NamesTheFiguresThatThereAre) {
    Compiled compiled;
    const auto stopping = std::make_shared<EarlyStopping>(EarlyStopping::Options{});
    EXPECT_EQ(problem_of([&] { compiled.train({.callbacks = {stopping}}); }),
              "there is no figure 'validation_loss' at the end of epoch 0; there are accuracy, "
              "loss");
    EXPECT_EQ(problem_of([] { EarlyStopping({.patience = 0}); }), "patience is 0");
    EXPECT_EQ(problem_of([] { EarlyStopping({.min_delta = -1.0}); }), "min_delta is -1");
}

TEST(OptimiserParamSchedule, SetsTheParameterBeforeEachEpoch) {
    Compiled scheduled;
    std::vector<double> present;
    const auto halve =
        std::make_shared<OptimiserParamSchedule>("alpha", [&](std::size_t epoch, double alpha) {
            present.push_back(alpha);
            return epoch == 0 ? alpha : alpha / 2.0;
        });
    scheduled.train({.num_epochs = 3, .callbacks = {halve}});
    EXPECT_EQ(present, (std::vector<double>{0.01, 0.01, 0.005}));
    EXPECT_EQ(std::get<Adam>(scheduled.network.optimiser()).alpha, 0.0025);
    Compiled manual;
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        Adam optimiser = std::get<Adam>(manual.network.optimiser());
        if (epoch > 0) optimiser.alpha /= 2.0;
        manual.network.set_optimiser(optimiser);
        manual.train({.start_epoch = epoch});
    }
    EXPECT_EQ(scheduled.weights(), manual.weights());
}

TEST(OptimiserParamSchedule, RefusesWhatTheOptimiserHasNot) {
    EXPECT_EQ(problem_of([] { OptimiserParamSchedule("alhpa", {}); }),
              "optimisers have no parameter 'alhpa'");
    Compiled compiled;
    const auto negative =
        std::make_shared<OptimiserParamSchedule>("beta1", [](std::size_t, double) { return 2.0; });
    EXPECT_NE(problem_of([&] { compiled.train({.callbacks = {negative}}); }), "");
    const auto momentum = std::make_shared<OptimiserParamSchedule>(
        "momentum", [](std::size_t, double) { return 0.5; });
    EXPECT_EQ(problem_of([&] { compiled.train({.callbacks = {momentum}}); }),
              "'adam' has no parameter 'momentum'");
    EXPECT_EQ(std::get<Adam>(compiled.network.optimiser()).beta1, 0.9);
}

}  // namespace
}  // namespace saltus::test
