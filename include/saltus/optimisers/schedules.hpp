#pragma once

#include <saltus/optimisers/schedule.hpp>

namespace saltus {

/// Falls by a factor after every so many epochs.
class StepSchedule {
  public:
    /// @param epochs between two steps; at least 1.
    /// @param factor at each step; positive.
    /// @throws ModelError for an argument out of its range.
    explicit StepSchedule(std::size_t epochs, double factor = 0.1);
    double operator()(const TrainingMoment& moment) const;

  private:
    std::size_t epochs_;
    double factor_;
};

/// Falls by a factor an epoch, a little with every batch.
class ExponentialSchedule {
  public:
    /// @param factor positive.
    /// @throws ModelError for an argument out of its range.
    explicit ExponentialSchedule(double factor);
    double operator()(const TrainingMoment& moment) const;

  private:
    double factor_;
};

/// Falls from 1 to `last` along half a cosine over all of training.
/// I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
class CosineSchedule {
  public:
    /// @param last not negative.
    /// @throws ModelError for an argument out of its range.
    explicit CosineSchedule(double last = 0.0);
    double operator()(const TrainingMoment& moment) const;

  private:
    double last_;
};

/// Rises linearly with every batch, up to 1 in the last of the first epochs; then another schedule
/// begins, for which those epochs do not count.
/// P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017).
class WarmUp {
  public:
    /// @param epochs at least 1.
    /// @param first what it rises from, not negative: the factor that a batch before the first
    /// would have.
    /// @throws ModelError for an argument out of its range.
    explicit WarmUp(std::size_t epochs, Schedule then = {}, double first = 0.0);
    double operator()(const TrainingMoment& moment) const;

  private:
    std::size_t epochs_;
    Schedule then_;
    double first_;
};

/// Falls by a factor whenever a figure has not become better for some epochs. Losses and errors are
/// better when they are smaller, all others when they are larger.
class Plateau {
  public:
    struct Options {
        /// A name of EpochResult::metrics.
        std::string figure = "validation_loss";
        double factor = 0.1;  ///< positive
        /// Epochs without improvement after which it falls; at least 1.
        std::size_t patience = 10;
        /// What counts as an improvement must be greater.
        double min_delta = 0.0;
        /// The least that it falls to; not negative.
        double lowest = 0.0;
    };

    /// @throws ModelError for an argument out of its range.
    explicit Plateau(Options options);
    /// @throws ModelError when no epoch had such a figure, naming those that there are.
    double operator()(const TrainingMoment& moment) const;

  private:
    Options options_;
};

/// Whether a figure with this name is better when it is smaller: losses and errors.
bool is_smaller_better(const std::string& figure);

}  // namespace saltus
