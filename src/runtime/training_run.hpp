#pragma once

#include <vector>

#include "runtime/implementation.hpp"
#include "runtime/metric_set.hpp"
#include "runtime/recording_set.hpp"
#include "runtime/silence_watch.hpp"

namespace saltus {

/// One call of train(): epochs of batches, each followed by a validation.
class TrainingRun {
  public:
    /// @throws ModelError for options or data that do not fit.
    TrainingRun(CompiledTrainingNetwork& network, NetworkState& own, const Inputs& x,
                const Labels& y, const TrainOptions& options);

    std::vector<EpochResult> run();

  private:
    void bind(const Inputs& x, const Labels& y);
    void bind_validation(const Inputs& x, const Labels& y);
    bool validates() const { return !validation_order_.empty(); }
    /// @return whether it was completed.
    bool run_epoch(std::size_t epoch);
    std::vector<std::uint32_t> order_of(std::size_t epoch) const;
    void train_batch(Batch& batch, BatchResult& result);
    /// What the schedule says at this batch.
    double rate_factor() const;
    std::vector<std::vector<UpdateStep>> parameter_steps(double factor) const;
    UpdateStep parameter_step(const Optimiser& optimiser, double factor) const;
    /// Tells callbacks, and the plan, what an update has rewired.
    void note_rewirings(const BatchResult& result);
    /// The weights are then those after the batch before.
    void require_finite(const BatchResult& result) const;
    void validate();

    NetworkState& own_;
    const TrainOptions& options_;
    BoundData data_;
    std::size_t num_trained_ = 0;  ///< examples to train with
    BoundData own_validation_;     ///< when there are examples for it alone
    std::vector<std::uint32_t> validation_order_;
    RecordingSet recordings_;
    SilenceWatch silence_;
    MetricSet metrics_;
    MetricSet validation_metrics_;
    Progress progress_;
    Metrics current_;
    std::vector<RewiringCount> rewirings_;
    double loss_sum_ = 0.0;
    std::size_t examples_ = 0;
    bool stopped_ = false;
};

}  // namespace saltus
