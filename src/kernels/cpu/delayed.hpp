#pragma once

#include <cstddef>
#include <cstdint>

namespace saltus::kernels {

/// The synapses of one source neuron, each with a delay of its own. What a spike does through the
/// k-th happens `offset[k]` floats behind the beginning of the row of the step in which one without
/// a delay would arrive: whole rows for the delay, then the place of the target neuron.
struct DelayedRow {
    const float* weight;
    const std::uint32_t* offset;
    std::size_t count;
};

/// Offsets of a row that count: those from `first` to below `end`.
struct OffsetRange {
    std::uint32_t first = 0;
    std::uint32_t end = 0xFFFFFFFF;
};

/// table[offset] += sign * weight.
void scatter_delayed(const DelayedRow& row, float sign, OffsetRange range, float* table);

/// The sum of weight * table[offset] of offsets below `end`.
float product_delayed(const DelayedRow& row, std::uint32_t end, const float* table);

/// gradient += sign * adjoint[offset] and delay_gradient += sign * weight * shift[offset], for
/// offsets below `end`.
void add_delayed_gradients(const DelayedRow& row, float sign, std::uint32_t end,
                           const float* adjoint, const float* shift, float* gradient,
                           float* delay_gradient);

}  // namespace saltus::kernels
