#include "kernels/cpu/delayed.hpp"

namespace saltus::kernels {
namespace {

constexpr std::uint32_t kEverything = 0xFFFFFFFF;

}  // namespace

// Each addition would wait for the store before it if a compiler had to think that they meet;
// processors see that most do not.
void scatter_delayed(const DelayedRow& row, float sign, OffsetRange range, float* table) {
    if (range.first == 0 && range.end == kEverything) {
#pragma GCC unroll 8
        for (std::size_t k = 0; k < row.count; ++k)
            table[row.offset[k]] += sign * row.weight[k];
        return;
    }
    for (std::size_t k = 0; k < row.count; ++k) {
        const std::uint32_t offset = row.offset[k];
        if (offset >= range.first && offset < range.end) table[offset] += sign * row.weight[k];
    }
}

float product_delayed(const DelayedRow& row, std::uint32_t end, const float* table) {
    // Several sums, since each addition would otherwise wait for the one before.
    float sums[8] = {};
    std::size_t k = 0;
    if (end == kEverything) {
        for (; k + 8 <= row.count; k += 8) {
#pragma GCC unroll 8
            for (std::size_t j = 0; j < 8; ++j)
                sums[j] += row.weight[k + j] * table[row.offset[k + j]];
        }
    }
    for (std::size_t j = 0; k < row.count; ++k, j = (j + 1) % 8) {
        if (row.offset[k] < end) sums[j] += row.weight[k] * table[row.offset[k]];
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void add_delayed_gradients(const DelayedRow& row, float sign, std::uint32_t end,
                           const float* adjoint, const float* shift, float* gradient,
                           float* delay_gradient) {
    const auto add = [&](std::size_t k, std::uint32_t offset) {
        gradient[k] += sign * adjoint[offset];
        delay_gradient[k] += sign * row.weight[k] * shift[offset];
    };
    if (end == kEverything) {
        // Vectors would have to be filled one by one, but additions need not be.
#pragma GCC ivdep
#pragma GCC unroll 8
        for (std::size_t k = 0; k < row.count; ++k)
            add(k, row.offset[k]);
        return;
    }
    for (std::size_t k = 0; k < row.count; ++k) {
        if (row.offset[k] < end) add(k, row.offset[k]);
    }
}

}  // namespace saltus::kernels
