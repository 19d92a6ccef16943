#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <saltus/data/recorded_spikes.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/runtime/inputs.hpp>

namespace saltus {

class CompiledNetwork;

/// Where a run stands.
struct Progress {
    std::size_t epoch = 0;
    std::size_t num_epochs = 1;
    /// Batches of this epoch that are done, of how many; of 0 when that is not known.
    std::size_t batch = 0;
    std::size_t num_batches = 0;
    /// At the beginning and the end of a batch: the numbers of its examples in the dataset.
    std::span<const std::size_t> examples = {};
    /// At the end of a batch that was trained with: what its update has rewired (Deep-R).
    std::span<const RewiringCount> rewirings = {};
    /// Figures over the batches of this epoch that are done. Set at the end of batches and epochs;
    /// at the end of an epoch those of its validation are there, too, as "validation_<name>".
    const Metrics* metrics = nullptr;
    /// Whether weights are trained, or examples kept for validation looked at meanwhile.
    bool training = false;
    bool validating = false;
    /// The network that runs.
    CompiledNetwork* network = nullptr;
};

/// What a callback wants to see of a population.
struct RecordRequest {
    std::string population;
    bool spikes = false;
    /// Names of states, such as "v".
    std::vector<std::string> states = {};
    /// Numbers of the examples in the dataset; all of them when empty.
    std::vector<std::size_t> examples = {};
};

/// What one example did, as far as callbacks asked for it; the rest is empty. Everything is by the
/// index of the population in the plan (Plan::population_index).
struct RecordedExample {
    std::size_t epoch = 0;
    /// Its number in the dataset.
    std::size_t example = 0;
    std::span<const RecordedSpikes> spikes;
    /// By state, whose names are the kernel's: [steps][neurons], after each step.
    std::span<const std::vector<std::vector<double>>> states;
};

/// Told about the progress of a run, in this order: run begin, for each epoch epoch begin, for each
/// batch batch begin, its recorded examples and batch end, epoch end, run end. An evaluation or
/// prediction has no epochs. Several callbacks are told in their order. Every function may throw;
/// the run then ends at once and the weights stay as the last complete batch left them.
class Callback {
  public:
    virtual ~Callback() = default;
    virtual void on_run_begin(const Progress& /*progress*/) {}
    virtual void on_epoch_begin(const Progress& /*progress*/) {}
    virtual void on_batch_begin(const Progress& /*progress*/) {}
    virtual void on_recorded(const RecordedExample& /*example*/) {}
    virtual void on_batch_end(const Progress& /*progress*/) {}
    virtual void on_epoch_end(const Progress& /*progress*/) {}
    virtual void on_run_end(const Progress& /*progress*/) {}
    /// Asked after every batch and every epoch: whether the run shall end here.
    virtual bool wants_to_stop() { return false; }
    /// Asked once before a run: what to record.
    virtual std::vector<RecordRequest> records() const { return {}; }
};

}  // namespace saltus
