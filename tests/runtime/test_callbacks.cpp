#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

/// Writes down what it is told.
class Diary : public Callback {
  public:
    void on_run_begin(const Progress&) override { lines.emplace_back("run"); }
    void on_epoch_begin(const Progress& p) override {
        lines.push_back("epoch " + std::to_string(p.epoch) + " of " + std::to_string(p.num_epochs));
    }
    void on_batch_end(const Progress& p) override {
        lines.push_back("batch " + std::to_string(p.batch) + " of " +
                        std::to_string(p.num_batches));
        if (p.metrics) loss = p.metrics->count("loss") ? p.metrics->at("loss") : -1.0;
        training = p.training;
        if (lines.size() == throws_at) throw std::runtime_error("enough");
    }
    void on_epoch_end(const Progress&) override { lines.emplace_back("epoch done"); }
    void on_run_end(const Progress&) override { lines.emplace_back("run done"); }
    bool wants_to_stop() override { return lines.size() >= stops_at; }

    std::vector<std::string> lines;
    double loss = 0.0;
    bool training = false;
    std::size_t stops_at = 1000;
    std::size_t throws_at = 1000;
};

TEST(Callbacks, AreToldEverythingInOrder) {
    Compiled compiled;
    const auto diary = std::make_shared<Diary>();
    const auto results = compiled.train({.num_epochs = 2, .callbacks = {diary}});
    EXPECT_EQ(diary->lines, (std::vector<std::string>{
                                "run", "epoch 0 of 2", "batch 1 of 3", "batch 2 of 3",
                                "batch 3 of 3", "epoch done", "epoch 1 of 2", "batch 1 of 3",
                                "batch 2 of 3", "batch 3 of 3", "epoch done", "run done"}));
    EXPECT_TRUE(diary->training);
    EXPECT_EQ(diary->loss, results.back().metrics.at("loss"));
}

TEST(Callbacks, AreToldOfEvaluationsToo) {
    Compiled compiled;
    const auto diary = std::make_shared<Diary>();
    compiled.network.evaluate(compiled.data.inputs(), compiled.data.targets(), {"accuracy"},
                              {diary});
    const std::vector<std::string> expected{"run", "batch 1 of 3", "batch 2 of 3", "batch 3 of 3",
                                            "run done"};
    EXPECT_EQ(diary->lines, expected);
    EXPECT_FALSE(diary->training);
    const auto second = std::make_shared<Diary>();
    compiled.network.predict(compiled.data.inputs(), {second});
    EXPECT_EQ(second->lines, expected);
}

TEST(Callbacks, CanEndARun) {
    Compiled compiled;
    const auto diary = std::make_shared<Diary>();
    diary->stops_at = 8;  // after the first batch of the second epoch
    const auto results = compiled.train({.num_epochs = 5, .callbacks = {diary}});
    EXPECT_EQ(results.size(), 1U) << "only complete epochs have results";
    EXPECT_EQ(diary->lines.back(), "run done");
    EXPECT_EQ(diary->lines[diary->lines.size() - 2], "batch 1 of 3");
}

TEST(Callbacks, StoppingAfterTheLastBatchCompletesTheEpoch) {
    Compiled compiled;
    const auto diary = std::make_shared<Diary>();
    diary->stops_at = 5;
    const auto results = compiled.train({.num_epochs = 1, .callbacks = {diary}});
    EXPECT_EQ(results.size(), 1U);
    EXPECT_EQ(diary->lines[diary->lines.size() - 2], "epoch done");
}

// One that wants to stop with the last batch of an epoch ends the run there.
TEST(Callbacks, StoppingAfterAnEpochBeginsNoOther) {
    Compiled compiled;
    const auto diary = std::make_shared<Diary>();
    diary->stops_at = 5;
    const auto results = compiled.train({.num_epochs = 3, .callbacks = {diary}});
    EXPECT_EQ(results.size(), 1U);
    EXPECT_EQ(diary->lines.back(), "run done");
    EXPECT_EQ(std::count(diary->lines.begin(), diary->lines.end(), "batch 1 of 3"), 1);
}

TEST(Callbacks, WhatTheyThrowEndsTheRunAtACompleteBatch) {
    Compiled stopped;
    const auto stops = std::make_shared<Diary>();
    stops->stops_at = 4;  // after two batches
    stopped.train({.callbacks = {stops}});
    Compiled thrown;
    const auto throws = std::make_shared<Diary>();
    throws->throws_at = 4;
    EXPECT_THROW(thrown.train({.callbacks = {throws}}), std::runtime_error);
    EXPECT_EQ(thrown.weights(), stopped.weights());
    // The network goes on working.
    EXPECT_EQ(thrown.train({.num_epochs = 1}).size(), 1U);
}

}  // namespace
}  // namespace saltus::test
