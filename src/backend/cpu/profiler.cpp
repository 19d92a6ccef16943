#include "backend/cpu/profiler.hpp"

#include <algorithm>

#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

/// What the events of a pass are.
const char* unit_of(PassKind kind) {
    switch (kind) {
        case PassKind::kEmitInput:
            return "spikes";
        case PassKind::kAdvance:
        case PassKind::kBroadcast:
        case PassKind::kRetreat:
            return "neuron updates";
        case PassKind::kDrive:
        case PassKind::kReadOut:
        case PassKind::kFoldReadout:
        case PassKind::kLoss:
            return "neurons";
        case PassKind::kWeighSpikes:
        case PassKind::kFoldFeedback:
        case PassKind::kFoldGradient:
        case PassKind::kOptimise:
            return "weights";
        case PassKind::kPropagate:
        case PassKind::kFeedback:
        case PassKind::kGradient:
            return "synaptic events";
    }
    return "";
}

/// Synapses of each source neuron.
std::vector<std::uint32_t> row_lengths(const ConnectionPlan& connection) {
    std::vector<std::uint32_t> lengths(connection.num_pre, 0);
    for_each_synapse(*connection.rows, [&](std::size_t pre, const RowSynapse&) { ++lengths[pre]; });
    return lengths;
}

/// The passes of a plan in their order, each once.
std::vector<Pass> passes_of(const Plan& plan) {
    std::vector<Pass> passes;
    const auto add = [&passes](const std::vector<Pass>& more) {
        for (const Pass& pass : more) {
            const bool known = std::any_of(passes.begin(), passes.end(), [&](const Pass& other) {
                return other.kind == pass.kind && other.index == pass.index;
            });
            if (!known) passes.push_back(pass);
        }
    };
    for (const auto* stages : {&plan.forward, &plan.backward}) {
        for (const Stage& stage : *stages) {
            add(stage.blocks);
            add(stage.steps);
        }
    }
    add(plan.update);
    return passes;
}

}  // namespace

Profiler::Profiler(const SplitPlan& split, BoundPlan& bound, bool keeps)
    : split_(split), bound_(bound), keeps_(keeps) {
    if (!keeps_) return;
    original_connection_.resize(bound.connections.size());
    for (std::size_t index = 0; index < split.blocks.size(); ++index) {
        for (const Block& block : split.blocks[index])
            original_connection_[block.connection] = index;
    }
    for (std::size_t index = 0; index < bound.connections.size(); ++index)
        bound.connections[index].row_lengths = row_lengths(bound.plan.connections[index]);
}

std::unique_ptr<PassAccounts> Profiler::make_accounts() const {
    return keeps_ ? std::make_unique<PassAccounts>(bound_.plan) : nullptr;
}

Profile Profiler::profile(const Plan& plan, const std::vector<Worker>& workers) const {
    PassAccounts sums(plan);
    for (const Worker& worker : workers) {
        if (!worker.accounts) continue;
        for (std::size_t number = 0; number < kNumPassKinds; ++number) {
            const auto kind = static_cast<PassKind>(number);
            const std::vector<std::size_t>& original =
                concerns_connection(kind) ? original_connection_ : split_.original;
            for (std::size_t index = 0; index < original.size(); ++index)
                sums.of(kind, original[index]).add(worker.accounts->of(kind, index));
        }
    }
    Profile profile;
    profile.seconds = std::chrono::duration<double>(batches_).count();
    profile.threads = static_cast<int>(workers.size());
    for (const Pass& pass : passes_of(plan)) {
        const PassAccounts::Account& account = sums.of(pass.kind, pass.index);
        if (account.calls == 0) continue;
        const bool of_connection = concerns_connection(pass.kind);
        profile.passes.push_back(
            {pass_name(pass.kind),
             of_connection ? plan.connections[pass.index].name : plan.populations[pass.index].name,
             std::chrono::duration<double>(account.time).count(), account.calls, account.events,
             unit_of(pass.kind)});
    }
    return profile;
}

void Profiler::reset(std::vector<Worker>& workers) {
    batches_ = std::chrono::nanoseconds(0);
    for (Worker& worker : workers) {
        if (worker.accounts) worker.accounts->clear();
    }
}

std::uint64_t count_events(const BoundConnection& connection, const SpikeList& spikes,
                           std::size_t first_step, std::size_t num_steps) {
    std::uint64_t events = 0;
    for (std::size_t k = spikes.step_begin[first_step];
         k < spikes.step_begin[first_step + num_steps]; ++k)
        events += connection.row_lengths[spikes.neurons[k]];
    return events;
}

}  // namespace saltus
