#include <gtest/gtest.h>

#include <cmath>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

TEST(Train, EpochsCanBeTrainedOneByOne) {
    Compiled at_once;
    const auto together = at_once.train({.num_epochs = 3});
    Compiled stepwise;
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        const auto results = stepwise.train({.num_epochs = 1, .start_epoch = epoch});
        EXPECT_EQ(results.at(0).epoch, epoch);
        EXPECT_EQ(results.at(0).metrics, together.at(epoch).metrics);
    }
    EXPECT_EQ(stepwise.weights(), at_once.weights());
}

TEST(Train, NoEpochsChangeNothing) {
    Compiled compiled;
    const auto before = compiled.weights();
    EXPECT_TRUE(compiled.train({.num_epochs = 0}).empty());
    EXPECT_EQ(compiled.weights(), before);
}

TEST(Train, TheOrderMatters) {
    Compiled shuffled;
    shuffled.train({.num_epochs = 1});
    Compiled ordered;
    ordered.train({.num_epochs = 1, .shuffle = false});
    EXPECT_NE(shuffled.weights(), ordered.weights());
}

TEST(Train, SchedulesScaleTheLearningRate) {
    Compiled still;
    const auto before = still.weights();
    std::vector<double> fractions;
    still.train({.num_epochs = 2, .schedule = [&](double fraction) {
                     fractions.push_back(fraction);
                     return 0.0;
                 }});
    EXPECT_EQ(still.weights(), before);
    ASSERT_EQ(fractions.size(), 6U);
    for (std::size_t k = 0; k < 6; ++k) {
        EXPECT_NEAR(fractions[k], static_cast<double>(k) / 6.0, 1e-12);
    }
    // Half the rate with a factor of two is the rate.
    Compiled scaled(backend_case("cpu_built_in").options, 0.005);
    scaled.train({.num_epochs = 1, .schedule = [](double) { return 2.0; }});
    Compiled plain;
    plain.train({.num_epochs = 1});
    EXPECT_EQ(scaled.weights(), plain.weights());
}

TEST(Train, CosineFallsFromOneToZero) {
    EXPECT_DOUBLE_EQ(cosine_schedule(0.0), 1.0);
    EXPECT_NEAR(cosine_schedule(0.5), 0.5, 1e-15);
    EXPECT_NEAR(cosine_schedule(1.0), 0.0, 1e-15);
    EXPECT_GT(cosine_schedule(0.2), cosine_schedule(0.3));
}

TEST(Train, ReportsWhatWasAskedFor) {
    Compiled compiled;
    const auto results = compiled.train({.metrics = {"accuracy", "mean_square_error"}});
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].metrics.size(), 3U);
    EXPECT_GT(results[0].metrics.at("mean_square_error"), 0.0);
    EXPECT_GE(results[0].seconds, 0.0);
    const auto bare = compiled.train({.metrics = {}});
    EXPECT_EQ(bare[0].metrics.size(), 1U) << "the loss alone";
}

// Weights that others set count from then on; the optimiser's moments stay.
TEST(Train, GoesOnFromWeightsThatWereSet) {
    Compiled compiled;
    compiled.train({});
    Array weights = compiled.network.weights("hidden->output");
    for (double& weight : weights.values)
        weight = 0.0;
    compiled.network.set_weights("hidden->output", weights);
    EXPECT_NEAR(compiled.network.loss(compiled.data.inputs(), compiled.data.targets()),
                std::log(3.0), 1e-9);
    compiled.train({});
    EXPECT_GT(largest(compiled.network.weights("hidden->output").values), 0.0);
}

}  // namespace
}  // namespace saltus::test
