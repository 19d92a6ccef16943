// Schedules of the learning rate: their values, and training with them.
#include <gtest/gtest.h>

#include <cmath>

#include <saltus/common/errors.hpp>
#include <saltus/optimisers/schedules.hpp>

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

double factor(const Schedule& schedule, std::size_t epoch, std::size_t batch = 0,
              const EpochHistory* history = nullptr) {
    return schedule(
        {.epoch = epoch, .num_epochs = 20, .batch = batch, .num_batches = 10, .history = history});
}

EpochHistory losses(const std::vector<double>& values) {
    EpochHistory history;
    for (std::size_t epoch = 0; epoch < values.size(); ++epoch)
        history[epoch]["loss"] = values[epoch];
    return history;
}

TEST(Schedules, HaveTheKnownValues) {
    EXPECT_EQ(factor({}, 7), 1.0);
    EXPECT_NEAR(factor(StepSchedule(4, 0.5), 3, 9), 1.0, 1e-15);
    EXPECT_NEAR(factor(StepSchedule(4, 0.5), 11), 0.25, 1e-15);
    EXPECT_NEAR(factor(ExponentialSchedule(0.81), 1, 5), std::pow(0.9, 3), 1e-12);
    EXPECT_NEAR(factor(CosineSchedule(), 10), 0.5, 1e-12);
    EXPECT_NEAR(factor(CosineSchedule(0.2), 10), 0.6, 1e-12);
    EXPECT_NEAR(factor([](double done) { return done; }, 5), 0.25, 1e-12);
    EXPECT_EQ(factor([](const TrainingMoment& moment) { return 2.0 * double(moment.batch); }, 0, 3),
              6.0);
}

TEST(Schedules, WarmUpRisesToOneAndThenCountsAnew) {
    const Schedule schedule = WarmUp(2, CosineSchedule());
    EXPECT_NEAR(factor(schedule, 0, 0), 0.05, 1e-12);
    EXPECT_NEAR(factor(schedule, 1, 9), 1.0, 1e-12);
    EXPECT_NEAR(factor(schedule, 2, 0), 1.0, 1e-12);
    EXPECT_NEAR(factor(schedule, 11, 0), 0.5, 1e-12);
    EXPECT_NEAR(factor(WarmUp(1, {}, 0.5), 0, 4), 0.75, 1e-12);
}

TEST(Schedules, PlateauFallsWhenNothingImproves) {
    const Schedule schedule =
        Plateau({.figure = "loss", .factor = 0.5, .patience = 2, .lowest = 0.2});
    const auto after = [&](const std::vector<double>& values) {
        const EpochHistory history = losses(values);
        return factor(schedule, values.size(), 0, &history);
    };
    EXPECT_EQ(factor(schedule, 0), 1.0);
    EXPECT_EQ(after({}), 1.0);
    EXPECT_EQ(after({1.0, 0.9, 0.8}), 1.0);
    EXPECT_EQ(after({1.0, 1.1}), 1.0);
    EXPECT_EQ(after({1.0, 1.1, 1.0}), 0.5);
    EXPECT_EQ(after({1.0, 1.1, 0.9, 1.0}), 1.0);
    // No number is no improvement.
    EXPECT_EQ(after({1.0, std::nan(""), std::nan("")}), 0.5);
    EXPECT_EQ(after({1.0, 1.0, 1.0, 1.0, 1.0}), 0.25);
    EXPECT_EQ(after(std::vector<double>(40, 1.0)), 0.2);
    EpochHistory rising;
    for (std::size_t epoch = 0; epoch < 3; ++epoch)
        rising[epoch]["accuracy"] = 0.1 * static_cast<double>(epoch);
    EXPECT_EQ(factor(Plateau({.figure = "accuracy", .patience = 1}), 3, 0, &rising), 1.0);
    EXPECT_EQ(
        problem_of([&] { factor(Plateau({}), 3, 0, &rising); }),
        "no epoch so far had a figure 'validation_loss' that is a number; there are accuracy");
}

TEST(Schedules, EpochsOfAWarmUpAreNoPlateau) {
    const Schedule schedule = WarmUp(3, Plateau({.figure = "loss", .factor = 0.5, .patience = 2}));
    const EpochHistory history = losses({1.0, 2.0, 3.0, 4.0, 5.0, 6.0});
    EXPECT_EQ(factor(schedule, 6, 0, &history), 0.5);
    const EpochHistory shorter = losses({1.0, 2.0, 3.0, 4.0, 5.0});
    EXPECT_EQ(factor(schedule, 5, 0, &shorter), 1.0);
}

TEST(Schedules, RefuseArgumentsOutOfTheirRange) {
    EXPECT_EQ(problem_of([] { StepSchedule(0); }), "epochs is 0");
    EXPECT_EQ(problem_of([] { StepSchedule(1, 0.0); }), "factor is 0");
    EXPECT_EQ(problem_of([] { (void)ExponentialSchedule(std::nan("")); }), "factor is nan");
    EXPECT_EQ(problem_of([] { (void)CosineSchedule(-1.0); }), "last is -1");
    EXPECT_EQ(problem_of([] { WarmUp(0); }), "epochs is 0");
    EXPECT_EQ(problem_of([] { WarmUp(1, {}, -0.5); }), "first is -0.5");
    EXPECT_EQ(problem_of([] { Plateau({.patience = 0}); }), "patience is 0");
    EXPECT_EQ(problem_of([] { Plateau({.min_delta = -1.0}); }), "min_delta is -1");
    EXPECT_EQ(problem_of([] { factor([](double) { return -1.0; }, 2, 3); }),
              "the factor of the learning rate is -1 in batch 3 of epoch 2");
}

TEST(Schedules, TheObjectTrainsLikeTheFunction) {
    Compiled object;
    object.train({.num_epochs = 3, .schedule = CosineSchedule()});
    Compiled function;
    function.train({.num_epochs = 3, .schedule = cosine_schedule});
    EXPECT_EQ(object.weights(), function.weights());
    Compiled constant;
    constant.train({.num_epochs = 3});
    EXPECT_NE(object.weights(), constant.weights());
}

TEST(Schedules, ResumedTrainingHasTheSameLearningRates) {
    // A loss that can improve by no more than this is always on a plateau.
    const Schedule plateau =
        Plateau({.figure = "loss", .factor = 0.5, .patience = 1, .min_delta = 1e3});
    for (const Schedule& schedule :
         {plateau, Schedule(WarmUp(2, plateau)), Schedule(WarmUp(1, StepSchedule(2)))}) {
        std::vector<double> rates;
        const Schedule watched = [&](const TrainingMoment& moment) {
            rates.push_back(schedule(moment));
            return rates.back();
        };
        Compiled whole;
        whole.train({.num_epochs = 5, .schedule = watched});
        const std::vector<double> expected = std::exchange(rates, {});
        Compiled first;
        first.train({.num_epochs = 3, .schedule = watched});
        Compiled second;
        second.network.restore(first.network.training_state());
        second.train({.num_epochs = 2, .start_epoch = 3, .schedule = watched});
        EXPECT_EQ(rates, expected);
        EXPECT_NE(rates.front(), rates.back());
        EXPECT_EQ(second.weights(), whole.weights());
        // Training anew forgets what was.
        rates.clear();
        Compiled again;
        again.train({.num_epochs = 2});
        again.train({.num_epochs = 5, .schedule = watched});
        EXPECT_EQ(rates, expected);
    }
}

}  // namespace
}  // namespace saltus::test
