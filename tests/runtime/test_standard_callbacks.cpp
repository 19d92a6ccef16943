#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

TEST(EarlyStopping, FindsTheBestOfAnyFigures) {
    Numbers numbers(17);
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    for (int run = 0; run < 200; ++run) {
        std::vector<double> values(1 + numbers.below(12));
        for (double& value : values)
            value = numbers.below(6) == 0 ? kNaN : static_cast<double>(numbers.below(20));
        const bool smaller = run % 2 == 0;
        const std::string figure = smaller ? "validation_loss" : "accuracy";
        EarlyStopping stopping({.figure = figure, .patience = 1000});
        epochs_until_stop(stopping, figure, values);
        std::size_t best = 0;
        double found = kNaN;
        for (std::size_t epoch = 0; epoch < values.size(); ++epoch) {
            if (std::isnan(values[epoch])) continue;
            const bool better = smaller ? values[epoch] < found : values[epoch] > found;
            if (!std::isnan(found) && !better) continue;
            best = epoch;
            found = values[epoch];
        }
        EXPECT_EQ(stopping.best_epoch(), best);
        EXPECT_TRUE(stopping.best() == found || std::isnan(found)) << stopping.best();
    }
}

TEST(RestoreBest, GivesTheBestEpochBack) {
    for (const bool stops : {false, true}) {
        SCOPED_TRACE(stops);
        Compiled compiled;
        const auto best = std::make_shared<RestoreBest>(RestoreBest::Options{.figure = "loss"});
        const auto stopping = std::make_shared<EarlyStopping>(
            EarlyStopping::Options{.figure = "loss", .patience = 2, .restore_best = true});
        // Rates at which training gets worse in the end.
        const auto rates = std::make_shared<OptimiserParamSchedule>(
            "alpha", [](std::size_t epoch, double) { return epoch < 3 ? 0.01 : 30.0; });
        std::vector<TrainingState> states;
        const auto keep = std::make_shared<FunctionCallback>(
            FunctionCallback::Functions{.epoch_end = [&](const Progress&) {
                states.push_back(compiled.network.training_state());
            }});
        TrainOptions options{.num_epochs = 20, .callbacks = {rates, best, keep}};
        if (stops) options.callbacks = {rates, stopping, keep};
        const std::size_t epochs = compiled.train(options).size();
        const std::size_t found = stops ? stopping->best_epoch() : best->best_epoch();
        EXPECT_EQ(epochs, stops ? found + 3 : 20);
        ASSERT_LT(found + 1, epochs);
        const TrainingState state = compiled.network.training_state();
        EXPECT_EQ(state.next_epoch, found + 1);
        EXPECT_EQ(state.num_updates, states[found].num_updates);
        for (const auto& [name, weights] : states[found].weights)
            EXPECT_EQ(state.weights.at(name).values, weights.values) << name;
        for (const auto& [name, means] : states[found].mean_gradients)
            EXPECT_EQ(state.mean_gradients.at(name).values, means.values) << name;
    }
}

TEST(RestoreBest, TrainingGoesOnFromTheBestEpoch) {
    const auto train = [](Compiled& compiled, std::size_t first, std::size_t count) {
        compiled.train({.num_epochs = count, .start_epoch = first});
    };
    Compiled straight;
    train(straight, 0, 5);
    Compiled returned;
    train(returned, 0, 3);
    // The epochs after the best one never were.
    const auto best = std::make_shared<RestoreBest>(RestoreBest::Options{.figure = "loss"});
    const auto ruin = std::make_shared<OptimiserParamSchedule>(
        "alpha", [](std::size_t epoch, double alpha) { return epoch < 4 ? alpha : 30.0; });
    returned.train({.num_epochs = 3, .start_epoch = 3, .callbacks = {ruin, best}});
    ASSERT_EQ(best->best_epoch(), 3U);
    train(returned, 4, 1);
    EXPECT_EQ(returned.weights(), straight.weights());
}

TEST(RestoreBest, SaysWhatIsWrong) {
    Compiled compiled;
    const auto best = std::make_shared<RestoreBest>(RestoreBest::Options{});
    EXPECT_EQ(problem_of([&] { compiled.train({.callbacks = {best}}); }),
              "there is no figure 'validation_loss' at the end of epoch 0; there are accuracy, "
              "loss");
    EXPECT_FALSE(best->best_state());
    EXPECT_EQ(problem_of([] { RestoreBest({.min_delta = -1.0}); }), "min_delta is -1");
    Metrics metrics{{"validation_loss", 1.0}};
    EXPECT_EQ(problem_of([&] { best->on_epoch_end({.metrics = &metrics}); }),
              "the network is not trained, so that it has no best epoch");
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
