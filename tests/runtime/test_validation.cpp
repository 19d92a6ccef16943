#include <gtest/gtest.h>

#include <numeric>

#include <saltus/common/errors.hpp>
#include <saltus/runtime/callbacks.hpp>

#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

/// Examples of a dataset from `first` on.
Dataset part_of(const SpikeData& data, std::size_t first, std::size_t count) {
    std::vector<std::size_t> examples(count);
    std::iota(examples.begin(), examples.end(), first);
    const SpikeData part = data.select(examples);
    return {part.inputs(), part.targets()};
}

TEST(Validation, ASplitKeepsTheLastExamples) {
    Compiled split;
    const auto results = split.train({.num_epochs = 2, .validation_split = 0.3});
    Compiled apart;
    const Dataset trained = part_of(apart.data, 0, 7);
    const Dataset kept = part_of(apart.data, 7, 3);
    const auto expected = apart.network.train(trained.x, trained.y, {.num_epochs = 2});
    EXPECT_EQ(split.weights(), apart.weights());
    EXPECT_EQ(results.at(1).metrics.at("loss"), expected.at(1).metrics.at("loss"));
    EXPECT_NEAR(results.at(1).metrics.at("validation_loss"), apart.network.loss(kept.x, kept.y),
                1e-12);
    EXPECT_EQ(results.at(1).metrics.at("validation_accuracy"),
              apart.network.evaluate(kept.x, kept.y).at("accuracy"));
}

TEST(Validation, ExamplesOfTheirOwnLeaveTrainingAlone) {
    Compiled plain;
    plain.train({.num_epochs = 2});
    Compiled validated;
    const Dataset other = part_of(validated.data, 2, 5);
    const auto results = validated.train({.num_epochs = 2, .validation = other});
    EXPECT_EQ(validated.weights(), plain.weights());
    EXPECT_NEAR(results.at(1).metrics.at("validation_loss"), plain.network.loss(other.x, other.y),
                1e-12);
}

TEST(Validation, ItsOwnCallbacksSeeItsBatches) {
    Compiled compiled;
    std::vector<std::string> lines;
    const auto note = [&](const std::string& what) {
        return [&lines, what](const Progress& progress) {
            lines.push_back(what + (progress.validating ? " validation" : ""));
            EXPECT_NE(progress.training, progress.validating);
        };
    };
    const auto callback =
        std::make_shared<FunctionCallback>(FunctionCallback::Functions{.run_begin = note("run"),
                                                                       .epoch_begin = note("epoch"),
                                                                       .batch_begin = note("batch"),
                                                                       .epoch_end = note("done"),
                                                                       .run_end = note("end")});
    compiled.train(
        {.callbacks = {callback}, .validation_split = 0.2, .validation_callbacks = {callback}});
    EXPECT_EQ(lines,
              (std::vector<std::string>{"run", "epoch", "batch", "batch", "epoch validation",
                                        "batch validation", "done validation", "done", "end"}));
}

TEST(Validation, RefusesWhatDoesNotFit) {
    Compiled compiled;
    const auto problem = [&](const TrainOptions& options) {
        try {
            compiled.train(options);
        } catch (const ModelError& error) {
            return error.problem();
        }
        return std::string();
    };
    EXPECT_EQ(problem({.validation_split = 1.0}), "validation_split is 1");
    EXPECT_EQ(problem({.validation_split = 0.01}), "validation_split 0.01 keeps 0 of 10 examples");
    const Dataset all = part_of(compiled.data, 0, 10);
    EXPECT_EQ(problem({.validation = {all.x, {}}}), "validation has inputs, but no labels");
    EXPECT_EQ(problem({.validation = {{}, all.y}}), "validation has labels, but no inputs");
    EXPECT_EQ(problem({.validation_split = 0.5, .validation = all}),
              "there are both a validation_split and examples for validation");
    EXPECT_EQ(problem({.validation_split = 0.5, .augment = [&](std::size_t) { return all; }}),
              "augment makes all examples anew, those of validation_split, too");
}

TEST(Augmentation, EveryEpochHasItsOwnExamples) {
    Compiled varied;
    std::vector<std::size_t> epochs;
    const auto results = varied.train({.num_epochs = 2, .augment = [&](std::size_t epoch) {
                                           epochs.push_back(epoch);
                                           return part_of(varied.data, epoch * 4, 6);
                                       }});
    EXPECT_EQ(epochs, (std::vector<std::size_t>{0, 1}));
    Compiled stepwise;
    for (std::size_t epoch = 0; epoch < 2; ++epoch) {
        const Dataset examples = part_of(stepwise.data, epoch * 4, 6);
        stepwise.network.train(examples.x, examples.y, {.start_epoch = epoch});
    }
    EXPECT_EQ(varied.weights(), stepwise.weights());
}

}  // namespace
}  // namespace saltus::test
