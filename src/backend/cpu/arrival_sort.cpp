#include "backend/cpu/arrival_sort.hpp"

#include <algorithm>

namespace saltus {
namespace {

/// Steps whose spikes arrive within the example.
std::size_t arriving_steps(const ConnectionPlan& plan, std::size_t num_steps) {
    const std::size_t lag = 1 + std::size_t{plan.delay};
    return num_steps > lag ? num_steps - lag : 0;
}

}  // namespace

template <class Index>
void ArrivalSort::fill(const ConnectionPlan& plan, const Chunk& chunk, std::size_t begin,
                       std::size_t end, std::size_t num_steps, std::uint32_t* cursor,
                       std::vector<Index>& arrivals) const {
    const std::size_t lag = 1 + std::size_t{plan.delay};
    const std::size_t steps = arriving_steps(plan, num_steps);
    Index* const target = arrivals.data();
    for (std::size_t slot = begin; slot < end; ++slot) {
        const SpikeList& spikes = chunk.slots[slot].spikes[plan.source];
        const std::uint32_t* const neurons = spikes.neurons.data();
        for (std::size_t step = 0; step < steps; ++step) {
            const auto arrival = static_cast<Index>(slot * num_steps + step + lag);
            const std::uint32_t last = spikes.step_begin[step + 1];
            for (std::uint32_t k = spikes.step_begin[step]; k < last; ++k) {
                target[cursor[neurons[k]]++] = arrival;
            }
        }
    }
}

void ArrivalSort::run(const ConnectionPlan& plan, const Chunk& chunk, std::size_t count,
                      std::size_t num_steps, std::size_t num_parts,
                      const ParallelFor& parallel_for) {
    const std::size_t parts = std::min(num_parts, count);
    const std::size_t steps = arriving_steps(plan, num_steps);
    const auto part_begin = [&](std::size_t part) { return count * part / parts; };
    cursors_.assign(parts * plan.num_pre, 0);
    parallel_for(parts, 1, [&](std::size_t begin, std::size_t end, Worker&) {
        for (std::size_t part = begin; part < end; ++part) {
            std::uint32_t* const counts = cursors_.data() + part * plan.num_pre;
            for (std::size_t slot = part_begin(part); slot < part_begin(part + 1); ++slot) {
                const SpikeList& spikes = chunk.slots[slot].spikes[plan.source];
                const std::uint32_t* const neurons = spikes.neurons.data();
                const std::uint32_t last = spikes.step_begin[steps];
                for (std::uint32_t k = 0; k < last; ++k)
                    ++counts[neurons[k]];
            }
        }
    });
    row_begin_.resize(plan.num_pre + 1);
    std::uint32_t total = 0;
    for (std::size_t neuron = 0; neuron < plan.num_pre; ++neuron) {
        row_begin_[neuron] = total;
        for (std::size_t part = 0; part < parts; ++part) {
            std::uint32_t& cursor = cursors_[part * plan.num_pre + neuron];
            const std::uint32_t part_count = cursor;
            cursor = total;
            total += part_count;
        }
    }
    row_begin_[plan.num_pre] = total;
    is_narrow_ = count * num_steps <= 65536;
    if (is_narrow_) {
        narrow_.resize(total);
    } else {
        wide_.resize(total);
    }
    parallel_for(parts, 1, [&](std::size_t begin, std::size_t end, Worker&) {
        for (std::size_t part = begin; part < end; ++part) {
            std::uint32_t* const cursor = cursors_.data() + part * plan.num_pre;
            if (is_narrow_) {
                fill(plan, chunk, part_begin(part), part_begin(part + 1), num_steps, cursor,
                     narrow_);
            } else {
                fill(plan, chunk, part_begin(part), part_begin(part + 1), num_steps, cursor, wide_);
            }
        }
    });
}

void ArrivalSort::sum_rows(const Floats& table, std::size_t stride, std::size_t first,
                           std::size_t count, bool accumulate, float* out) const {
    const std::uint32_t* const begin = row_begin_.data() + first;
    if (is_narrow_) {
        kernels::sum_rows(table.data(), stride, begin, narrow_.data(), count, accumulate, out);
    } else {
        kernels::sum_rows(table.data(), stride, begin, wide_.data(), count, accumulate, out);
    }
}

}  // namespace saltus
