#pragma once

#include <saltus/common/array.hpp>
#include <saltus/connectivity/pad_mode.hpp>
#include <saltus/connectivity/param_2d.hpp>

namespace saltus::test {

/// A window as the constructors take it.
struct TextbookWindow {
    Param2D size = 1;
    Param2D stride = 1;
    Param2D dilation = 1;
    PadMode padding = PadMode::kValid;
};

/// (rows, columns, channels) behind a window; an extent of 0 when it does not fit.
Shape textbook_output(const Shape& input, const TextbookWindow& window, std::size_t channels);

/// The matrix [input neuron, output neuron] of a convolution, by loops over all outputs and all
/// positions of the kernel [row, column, channel of the group, output channel].
Array textbook_convolution(const Shape& input, const TextbookWindow& window, const Array& kernel,
                           std::size_t groups = 1);

/// The same of an average pool that divides by its full area.
Array textbook_pool(const Shape& input, const TextbookWindow& window);

Array product(const Array& a, const Array& b);
Array transpose(const Array& matrix);

}  // namespace saltus::test
