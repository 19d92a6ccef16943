#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <saltus/connectivity/pad_mode.hpp>

namespace saltus {

/// One way along one axis: through this position of the kernel to this position of the output.
struct Tap {
    std::uint32_t kernel = 0;
    std::uint32_t out = 0;
};

/// All ways from the positions of one axis of the input: strides, padding, dilation, transposition
/// and pooling are in these lists, and nowhere else.
struct AxisTaps {
    std::vector<std::uint32_t> begin{0};  ///< by input position: its first tap; one more at the end
    std::vector<Tap> taps;
    std::size_t num_outputs = 0;  ///< positions of the output

    std::size_t num_inputs() const { return begin.size() - 1; }
};

/// The window of a kernel or a pool along one axis, and how it moves.
struct AxisWindow {
    std::size_t size = 1;    ///< positions of the kernel
    std::size_t stride = 1;  ///< from one place of the window to the next
    PadMode padding = PadMode::kValid;
    std::size_t dilation = 1;  ///< from one position of the kernel to the next

    /// Positions from the first to the last that it covers.
    std::size_t extent() const { return (size - 1) * dilation + 1; }
};

/// Number of outputs of a convolution or pool; 0 when its window is larger than its padded input.
std::size_t convolution_size(std::size_t num_inputs, const AxisWindow& window);
/// Position k of the kernel joins input o * stride - padding + k * dilation to output o.
AxisTaps convolution_taps(std::size_t num_inputs, const AxisWindow& window);

/// Number of outputs of a transposed convolution, whose padding is valid or same.
std::size_t transposed_size(std::size_t num_inputs, const AxisWindow& window);
/// Position k of the kernel joins input i to output i * stride - crop + k * dilation: what the
/// convolution of that window does, read backwards.
AxisTaps transposed_taps(std::size_t num_inputs, const AxisWindow& window);

/// From positions to the pools that they lie in; there is one position of the kernel.
AxisTaps pool_taps(std::size_t num_inputs, const AxisWindow& window);

/// From the inputs of `pool` through its outputs, which are the inputs of `next`, to the outputs of
/// `next`; positions of the kernel are those of `next`.
AxisTaps behind_pool(const AxisTaps& pool, const AxisTaps& next);

}  // namespace saltus
