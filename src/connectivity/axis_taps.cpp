#include "connectivity/axis_taps.hpp"

namespace saltus {
namespace {

std::size_t without_negative(std::size_t minuend, std::size_t subtrahend) {
    return minuend > subtrahend ? minuend - subtrahend : 0;
}

// Padding before the first input.
std::size_t padding_before(std::size_t num_inputs, std::size_t num_outputs,
                           const AxisWindow& window) {
    if (window.padding == PadMode::kValid) return 0;
    if (window.padding == PadMode::kFull) return window.extent() - 1;
    const std::size_t covered = (num_outputs - 1) * window.stride + window.extent();
    return without_negative(covered, num_inputs) / 2;
}

void add_tap(AxisTaps& taps, std::size_t kernel, std::size_t out) {
    taps.taps.push_back({static_cast<std::uint32_t>(kernel), static_cast<std::uint32_t>(out)});
}

void end_position(AxisTaps& taps) {
    taps.begin.push_back(static_cast<std::uint32_t>(taps.taps.size()));
}

}  // namespace

std::size_t convolution_size(std::size_t num_inputs, const AxisWindow& window) {
    if (window.padding == PadMode::kSame) return (num_inputs + window.stride - 1) / window.stride;
    const std::size_t padding = window.padding == PadMode::kFull ? 2 * (window.extent() - 1) : 0;
    const std::size_t padded = num_inputs + padding;
    return padded < window.extent() ? 0 : (padded - window.extent()) / window.stride + 1;
}

AxisTaps convolution_taps(std::size_t num_inputs, const AxisWindow& window) {
    AxisTaps taps;
    taps.num_outputs = convolution_size(num_inputs, window);
    const std::size_t before = padding_before(num_inputs, taps.num_outputs, window);
    for (std::size_t position = 0; position < num_inputs; ++position) {
        // The last position of the kernel comes first, so that outputs ascend.
        for (std::size_t kernel = window.size; kernel-- > 0;) {
            const std::size_t padded = position + before;
            const std::size_t offset = kernel * window.dilation;
            if (padded < offset || (padded - offset) % window.stride != 0) continue;
            const std::size_t out = (padded - offset) / window.stride;
            if (out < taps.num_outputs) add_tap(taps, kernel, out);
        }
        end_position(taps);
    }
    return taps;
}

std::size_t transposed_size(std::size_t num_inputs, const AxisWindow& window) {
    const std::size_t stepped = num_inputs * window.stride;
    if (window.padding == PadMode::kSame) return stepped;
    return stepped + without_negative(window.extent(), window.stride);
}

AxisTaps transposed_taps(std::size_t num_inputs, const AxisWindow& window) {
    AxisTaps taps;
    taps.num_outputs = transposed_size(num_inputs, window);
    // What the convolution from the outputs to the inputs pads, its transpose crops.
    const std::size_t crop = padding_before(taps.num_outputs, num_inputs, window);
    for (std::size_t position = 0; position < num_inputs; ++position) {
        for (std::size_t kernel = 0; kernel < window.size; ++kernel) {
            const std::size_t uncropped = position * window.stride + kernel * window.dilation;
            if (uncropped < crop || uncropped - crop >= taps.num_outputs) continue;
            add_tap(taps, kernel, uncropped - crop);
        }
        end_position(taps);
    }
    return taps;
}

AxisTaps pool_taps(std::size_t num_inputs, const AxisWindow& window) {
    AxisTaps taps = convolution_taps(num_inputs, window);
    for (Tap& tap : taps.taps)
        tap.kernel = 0;
    return taps;
}

AxisTaps behind_pool(const AxisTaps& pool, const AxisTaps& next) {
    AxisTaps taps;
    taps.num_outputs = next.num_outputs;
    for (std::size_t position = 0; position < pool.num_inputs(); ++position) {
        for (std::size_t i = pool.begin[position]; i < pool.begin[position + 1]; ++i) {
            const std::size_t middle = pool.taps[i].out;
            for (std::size_t j = next.begin[middle]; j < next.begin[middle + 1]; ++j)
                taps.taps.push_back(next.taps[j]);
        }
        end_position(taps);
    }
    return taps;
}

}  // namespace saltus
