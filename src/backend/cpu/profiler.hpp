#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <saltus/backend/profile.hpp>

#include "backend/cpu/bound_plan.hpp"
#include "backend/pass_accounts.hpp"

namespace saltus {

/// Puts together what the passes of a plan took on all workers, when that is wanted.
class Profiler {
  public:
    /// @param keeps whether anything is kept at all.
    Profiler(const SplitPlan& split, BoundPlan& bound, bool keeps);

    /// Accounts for one worker; null when nothing is kept.
    std::unique_ptr<PassAccounts> make_accounts() const;
    /// What all workers did, by the populations and connections of the original plan.
    Profile profile(const Plan& plan, const std::vector<Worker>& workers) const;
    void reset(std::vector<Worker>& workers);

    /// Runs the work of a batch and keeps the time.
    template <class Work>
    void time_batch(const Work& work) {
        if (!keeps_) return work();
        const auto start = std::chrono::steady_clock::now();
        work();
        batches_ += std::chrono::steady_clock::now() - start;
    }

  private:
    const SplitPlan& split_;
    const BoundPlan& bound_;
    bool keeps_;
    std::chrono::nanoseconds batches_{0};
    /// By connection of the cut plan: the original's.
    std::vector<std::size_t> original_connection_;
};

/// Synaptic events of the spikes of some steps: what reaches targets, sooner or later.
std::uint64_t count_events(const BoundConnection& connection, const SpikeList& spikes,
                           std::size_t first_step, std::size_t num_steps);

}  // namespace saltus
