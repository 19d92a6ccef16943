#pragma once

#include <optional>
#include <set>
#include <vector>

#include "runtime/implementation.hpp"

namespace saltus {

/// What the callbacks of a run want recorded, put together.
class RecordingSet {
  public:
    /// @throws ModelError for populations or states that do not exist.
    RecordingSet(const Plan& plan, const Callbacks& callbacks);

    bool empty() const { return listeners_.empty(); }
    /// Whether a state is wanted of a population that the plan evaluates without steps.
    bool needs_folded_steps() const { return needs_folded_steps_; }
    /// Tells a batch what to record.
    void prepare(Batch& batch) const;
    /// Gives each callback what it wants of a batch.
    void deliver(const Batch& batch, const BatchResult& result, std::size_t epoch) const;

  private:
    struct Listener {
        std::shared_ptr<Callback> callback;
        /// Numbers of examples; of all when there is no set.
        std::optional<std::set<std::size_t>> examples;

        bool wants(std::size_t example) const { return !examples || examples->contains(example); }
    };

    void add(const Plan& plan, const RecordRequest& request);

    std::vector<Listener> listeners_;
    std::vector<RecordedPopulation> records_;
    bool wants_all_examples_ = false;
    bool needs_folded_steps_ = false;
};

/// Runs a network's batches, with what callbacks want recorded.
class RecordedInference {
  public:
    RecordedInference(NetworkState& network, const Callbacks& callbacks);
    void infer(Batch& batch, BatchResult& result, std::size_t epoch = 0);

  private:
    RecordingSet recordings_;
    /// A program that runs folded outputs step by step, when those are recorded.
    std::unique_ptr<Program> stepwise_;
    Program& program_;
};

}  // namespace saltus
