#include "backend/cpu/spike_relay.hpp"

#include <algorithm>

#include "connectivity/dense_rows.hpp"

namespace saltus {
namespace {

// A wheel of more entries would be more than the spikes that wait in it.
constexpr std::size_t kMaxWheel = 4096;

}  // namespace

std::vector<std::size_t> SpikeRelay::delay_rows(const SynapseTable& table) {
    std::vector<std::size_t> begin;
    for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
        for (std::size_t k = table.row_begin[pre]; k < table.row_begin[pre + 1]; ++k) {
            if (k == table.row_begin[pre] || table.delay[k] != table.delay[k - 1])
                begin.push_back(k);
        }
    }
    begin.push_back(table.num_synapses());
    return begin;
}

std::unique_ptr<SpikeRelay> SpikeRelay::for_connection(const ConnectionPlan& plan) {
    auto relay = std::make_unique<SpikeRelay>();
    if (plan.table && !plan.table->delay.empty()) {
        const SynapseTable& table = *plan.table;
        for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
            for (std::size_t k = table.row_begin[pre]; k < table.row_begin[pre + 1]; ++k) {
                if (k > table.row_begin[pre] && table.delay[k] == table.delay[k - 1]) continue;
                relay->rows_.push_back(
                    {static_cast<std::uint32_t>(relay->rows_.size()), table.delay[k]});
                relay->greatest_delay_ = std::max(relay->greatest_delay_, table.delay[k]);
            }
            relay->begin_.push_back(relay->rows_.size());
        }
        relay->num_rows_ = relay->rows_.size();
        return relay;
    }
    const auto* pooled = dynamic_cast<const PooledDenseRows*>(plan.rows.get());
    if (pooled == nullptr || plan.table) return nullptr;
    std::vector<std::uint32_t> pools;
    for (std::size_t pre = 0; pre < plan.num_pre; ++pre) {
        pooled->pools_of(pre, pools);
        for (const std::uint32_t pool : pools)
            relay->rows_.push_back({pool, 0});
        relay->begin_.push_back(relay->rows_.size());
    }
    relay->num_rows_ = pooled->num_pools();
    return relay;
}

void RelayedSpikes::clear() {
    next_step_ = 0;
    spikes_.neurons.clear();
    spikes_.step_begin.assign(1, 0);
    for (auto& entry : wheel_)
        entry.clear();
}

void RelayedSpikes::relay(const SpikeRelay& relay, const SpikeList& source, std::size_t end) {
    wheel_.resize(std::min(kMaxWheel, std::size_t{relay.greatest_delay()} + 1));
    for (; next_step_ < end; ++next_step_) {
        for (std::uint32_t k = source.step_begin[next_step_]; k < source.step_begin[next_step_ + 1];
             ++k) {
            relay.for_each_row(source.neurons[k], [&](std::uint32_t row, std::uint32_t delay) {
                const std::size_t step = next_step_ + delay;
                wheel_[step % wheel_.size()].push_back({row, step});
            });
        }
        std::vector<Waiting>& entry = wheel_[next_step_ % wheel_.size()];
        std::size_t kept = 0;
        for (const Waiting& waiting : entry) {
            if (waiting.step == next_step_) {
                spikes_.neurons.push_back(waiting.row);
            } else {
                entry[kept++] = waiting;
            }
        }
        entry.resize(kept);
        spikes_.step_begin.push_back(static_cast<std::uint32_t>(spikes_.neurons.size()));
    }
}

}  // namespace saltus
