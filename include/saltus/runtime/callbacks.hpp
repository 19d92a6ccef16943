#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>

#include <saltus/optimisers/optimiser.hpp>
#include <saltus/runtime/callback.hpp>
#include <saltus/runtime/training.hpp>

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

/// Which epoch of a run is the best, by a figure. Losses and errors are better when they are
/// smaller, all others when they are larger; a figure that is no number is never the best.
class BestEpoch {
  public:
    struct Options {
        /// A name of Progress::metrics.
        std::string figure = "validation_loss";
        /// What counts as an improvement must be greater.
        double min_delta = 0.0;
    };

    /// @param callback whose it is, as in errors. @param keeps_state whether restore() is to come.
    /// @throws ModelError for an argument out of its range.
    BestEpoch(std::string callback, Options options, bool keeps_state);
    void begin(const Progress& progress);
    /// At the end of an epoch. @return whether it is the best until now.
    /// @throws ModelError when there is no such figure, naming those that there are; when a state
    /// is to be kept and the network is not trained.
    bool update(const Progress& progress);
    /// Gives the network the state that it had after the best epoch, if there is one.
    void restore(const Progress& progress) const;

    /// The epoch, and its figure; the first epoch and NaN before any.
    std::size_t epoch() const { return epoch_; }
    double figure() const { return best_; }
    const std::optional<TrainingState>& state() const { return state_; }

  private:
    std::string callback_;
    Options options_;
    bool smaller_is_better_;
    bool keeps_state_;
    double best_ = std::numeric_limits<double>::quiet_NaN();
    std::size_t epoch_ = 0;
    std::optional<TrainingState> state_;
};

/// Ends training when a figure has not become better for some epochs.
class EarlyStopping : public Callback {
  public:
    struct Options {
        /// A name of Progress::metrics.
        std::string figure = "validation_loss";
        /// Epochs without improvement after which training ends; at least 1.
        std::size_t patience = 3;
        /// What counts as an improvement must be greater.
        double min_delta = 0.0;
        /// Whether the network goes back to the best epoch when the run ends (see RestoreBest).
        bool restore_best = false;
    };

    /// @throws ModelError for an argument out of its range.
    explicit EarlyStopping(Options options);
    void on_run_begin(const Progress& progress) override;
    /// @throws ModelError when there is no such figure, naming those that there are.
    void on_epoch_end(const Progress& progress) override;
    void on_run_end(const Progress& progress) override;
    bool wants_to_stop() override { return waited_ >= options_.patience; }

    /// The epoch with the best figure, and the figure; the first epoch and NaN before any.
    std::size_t best_epoch() const { return best_.epoch(); }
    double best() const { return best_.figure(); }

  private:
    Options options_;
    BestEpoch best_;
    std::size_t waited_ = 0;
};

/// When a run ends, gives the network the state that it had after the epoch with the best figure:
/// weights, trained parameters, delays and synapses with what the optimiser keeps of them, and the
/// number of the next epoch, so that training, too, goes on from there. A run that ends with an
/// exception leaves the network as it is; best_state() is there for it.
class RestoreBest : public Callback {
  public:
    using Options = BestEpoch::Options;

    /// @throws ModelError for an argument out of its range.
    explicit RestoreBest(Options options);
    void on_run_begin(const Progress& progress) override { best_.begin(progress); }
    /// @throws ModelError when there is no such figure, naming those that there are.
    void on_epoch_end(const Progress& progress) override { best_.update(progress); }
    void on_run_end(const Progress& progress) override { best_.restore(progress); }

    /// The epoch with the best figure, and the figure; the first epoch and NaN before any.
    std::size_t best_epoch() const { return best_.epoch(); }
    double best() const { return best_.figure(); }
    /// The state after it; none before any.
    const std::optional<TrainingState>& best_state() const { return best_.state(); }

  private:
    BestEpoch best_;
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
