#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace saltus {

/// Figures of finished epochs, by the number of the epoch and their names: "loss", the metrics, and
/// those of the validation as "validation_<name>".
using EpochHistory = std::map<std::size_t, std::map<std::string, double>>;

/// Where training stands before an update.
struct TrainingMoment {
    /// Number of the epoch, counted from the beginning of training, of how many.
    std::size_t epoch = 0;
    std::size_t num_epochs = 1;
    /// Batches of it that are done, of how many.
    std::size_t batch = 0;
    std::size_t num_batches = 1;
    /// What earlier epochs gave; null for nothing.
    const EpochHistory* history = nullptr;
    /// Epochs of the history that come before those that count, such as those of a warm-up.
    std::size_t skipped = 0;

    /// Epochs that are done, this one in part.
    double epochs_done() const {
        return static_cast<double>(epoch) +
               static_cast<double>(batch) / static_cast<double>(num_batches);
    }
    /// Part (0 to 1) of all batches of all epochs that is done.
    double fraction() const { return epochs_done() / static_cast<double>(num_epochs); }
};

/// The factor of the learning rate (Optimiser's alpha) in each update: a function of where training
/// stands or of the fraction of it that is done, or one of schedules.hpp. It has no memory, so that
/// training that goes on from a checkpoint has the same learning rates.
class Schedule {
  public:
    using OfMoment = std::function<double(const TrainingMoment&)>;

    /// A constant learning rate.
    Schedule() = default;
    template <class Function>
    requires(std::invocable<const Function&, const TrainingMoment&> &&
             !std::same_as<Function, Schedule>)
        Schedule(Function function)  // NOLINT(google-explicit-constructor)
        : function_(std::move(function)) {}
    template <class Function>
    requires(std::invocable<const Function&, double> &&
             !std::invocable<const Function&, const TrainingMoment&>)
        Schedule(Function function) {  // NOLINT(google-explicit-constructor)
        const std::function<double(double)> of_fraction(std::move(function));
        if (!of_fraction) return;
        function_ = [of_fraction](const TrainingMoment& moment) {
            return of_fraction(moment.fraction());
        };
    }

    /// Whether it may be another number than 1.
    explicit operator bool() const { return static_cast<bool>(function_); }
    /// @throws ModelError when the factor is negative or no finite number.
    double operator()(const TrainingMoment& moment) const;

  private:
    OfMoment function_;
};

}  // namespace saltus
