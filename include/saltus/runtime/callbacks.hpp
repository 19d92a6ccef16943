#pragma once

#include <functional>
#include <limits>
#include <string>

#include <saltus/optimisers/optimiser.hpp>
#include <saltus/runtime/callback.hpp>

namespace saltus {

/// Calls a function at each event that has one.
class FunctionCallback : public Callback {
  public:
    using Function = std::function<void(const Progress&)>;
    struct Functions {
        Function run_begin = {};
        Function epoch_begin = {};
        Function batch_begin = {};
        Function batch_end = {};
        Function epoch_end = {};
        Function run_end = {};
    };

    explicit FunctionCallback(Functions functions) : functions_(std::move(functions)) {}
    void on_run_begin(const Progress& progress) override;
    void on_epoch_begin(const Progress& progress) override;
    void on_batch_begin(const Progress& progress) override;
    void on_batch_end(const Progress& progress) override;
    void on_epoch_end(const Progress& progress) override;
    void on_run_end(const Progress& progress) override;

  private:
    Functions functions_;
};

/// Ends training when a figure has not become better for some epochs. Losses and errors are better
/// when they are smaller, all others when they are larger.
class EarlyStopping : public Callback {
  public:
    struct Options {
        /// A name of Progress::metrics.
        std::string figure = "validation_loss";
        /// Epochs without improvement after which training ends; at least 1.
        std::size_t patience = 3;
        /// What counts as an improvement must be greater.
        double min_delta = 0.0;
    };

    /// @throws ModelError for an argument out of its range.
    explicit EarlyStopping(Options options);
    void on_run_begin(const Progress& progress) override;
    /// @throws ModelError when there is no such figure, naming those that there are.
    void on_epoch_end(const Progress& progress) override;
    bool wants_to_stop() override { return waited_ >= options_.patience; }

    /// The epoch with the best figure, and the figure; the first epoch and NaN before any.
    std::size_t best_epoch() const { return best_epoch_; }
    double best() const { return best_; }

  private:
    Options options_;
    bool smaller_is_better_;
    double best_ = std::numeric_limits<double>::quiet_NaN();
    std::size_t best_epoch_ = 0;
    std::size_t waited_ = 0;
};

/// Sets a parameter of the optimiser at the beginning of every epoch.
class OptimiserParamSchedule : public Callback {
  public:
    /// The new value from the number of the epoch and the present value.
    using Function = std::function<double(std::size_t epoch, double present)>;

    /// @param parameter of an optimiser: "alpha", "beta1", "beta2", "epsilon", "momentum" or
    /// "weight_decay".
    /// @throws ModelError for another name.
    OptimiserParamSchedule(const std::string& parameter, Function function);
    /// @throws ModelError for a network that is not trained, an optimiser without that parameter,
    /// or a value out of its range.
    void on_epoch_begin(const Progress& progress) override;

  private:
    std::string parameter_;
    Function function_;
};

}  // namespace saltus
