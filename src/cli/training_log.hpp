#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <saltus/runtime/callback.hpp>

#include "cli/console.hpp"
#include "cli/test_result.hpp"

namespace saltus {

/// The figures of one epoch that was completed.
struct EpochFigures {
    std::size_t epoch = 1;  ///< from 1
    double seconds = 0.0;   ///< of training, without the test
    double loss = 0.0;
    double train_accuracy = 0.0;
    /// Missing when the test was interrupted.
    std::optional<double> test_accuracy;
    /// Missing without examples for validation.
    std::optional<double> validation_accuracy = {};
};

/// Shows how training goes, tests the network after every epoch, and remembers both.
class TrainingLog : public Callback {
  public:
    /// Tests the network; nothing when the test was interrupted.
    using Test = std::function<std::optional<TestResult>()>;

    TrainingLog(Console& console, TimePoint program_start, std::size_t num_images, Test test);

    void on_run_begin(const Progress& progress) override;
    void on_epoch_begin(const Progress& progress) override;
    void on_batch_end(const Progress& progress) override;
    void on_epoch_end(const Progress& progress) override;

    const std::vector<EpochFigures>& epochs() const { return epochs_; }
    /// Of the epoch, from 0, whose weights the network has in the end: the last, or that which
    /// go_back_to() has named. There must be one.
    const EpochFigures& final_epoch() const;
    /// Tests the network once more, which is as it was after that epoch again.
    void go_back_to(std::size_t epoch);
    /// The last test; nothing before the first, and after batches that it has not seen.
    const std::optional<TestResult>& test() const { return test_result_; }
    /// From the program's start to the end of the first batch.
    std::optional<double> seconds_to_first_batch() const { return seconds_to_first_batch_; }
    /// Mean training time of the epochs.
    double seconds_per_epoch() const;

  private:
    void show(const Progress& progress);

    Console& console_;
    TimePoint program_start_;
    std::size_t num_images_;
    Test run_test_;
    TimePoint run_start_;
    std::size_t first_epoch_ = 0;
    TimePoint epoch_start_;
    TimePoint last_shown_;
    std::vector<EpochFigures> epochs_;
    std::optional<std::size_t> final_epoch_;
    std::optional<TestResult> test_result_;
    std::optional<double> seconds_to_first_batch_;
};

}  // namespace saltus
