#include "connectivity/textbook.hpp"

#include <algorithm>
#include <functional>

namespace saltus::test {
namespace {

using Signed = std::ptrdiff_t;

/// One axis of a window.
struct Axis {
    Signed inputs;
    Signed size;
    Signed stride;
    Signed dilation;
    PadMode padding;

    Signed extent() const { return (size - 1) * dilation + 1; }
    Signed outputs() const {
        if (padding == PadMode::kSame) return inputs / stride + (inputs % stride != 0 ? 1 : 0);
        Signed count = 0;
        // A place of the window is an output when the window ends inside the padded input.
        while (first_input(count) + extent() - 1 < inputs + before())
            ++count;
        return count;
    }
    Signed before() const {
        if (padding == PadMode::kValid) return 0;
        if (padding == PadMode::kFull) return extent() - 1;
        return std::max<Signed>((outputs() - 1) * stride + extent() - inputs, 0) / 2;
    }
    Signed first_input(Signed output) const { return output * stride - before(); }
    Signed input(Signed output, Signed position) const {
        return first_input(output) + position * dilation;
    }
};

Axis axis(std::size_t inputs, std::size_t size, std::size_t stride, std::size_t dilation,
          PadMode padding) {
    return {static_cast<Signed>(inputs), static_cast<Signed>(size), static_cast<Signed>(stride),
            static_cast<Signed>(dilation), padding};
}

Axis row_axis(const Shape& input, const TextbookWindow& window) {
    return axis(input[0], window.size.rows, window.stride.rows, window.dilation.rows,
                window.padding);
}

Axis column_axis(const Shape& input, const TextbookWindow& window) {
    return axis(input[1], window.size.columns, window.stride.columns, window.dilation.columns,
                window.padding);
}

/// One place where a position of the window meets an input.
struct Meeting {
    std::size_t input_pixel;
    std::size_t output_pixel;
    std::size_t kernel_pixel;
};

void for_each_meeting(const Shape& input, const TextbookWindow& window,
                      const std::function<void(const Meeting&)>& visit) {
    const Axis rows = row_axis(input, window);
    const Axis columns = column_axis(input, window);
    for (Signed r = 0; r < rows.outputs(); ++r) {
        for (Signed c = 0; c < columns.outputs(); ++c) {
            for (Signed i = 0; i < rows.size; ++i) {
                for (Signed j = 0; j < columns.size; ++j) {
                    const Signed row = rows.input(r, i);
                    const Signed column = columns.input(c, j);
                    if (row < 0 || row >= rows.inputs) continue;
                    if (column < 0 || column >= columns.inputs) continue;
                    visit({static_cast<std::size_t>(row * columns.inputs + column),
                           static_cast<std::size_t>(r * columns.outputs() + c),
                           static_cast<std::size_t>(i * columns.size + j)});
                }
            }
        }
    }
}

}  // namespace

Shape textbook_output(const Shape& input, const TextbookWindow& window, std::size_t channels) {
    return Shape{static_cast<std::size_t>(row_axis(input, window).outputs()),
                 static_cast<std::size_t>(column_axis(input, window).outputs()), channels};
}

Array textbook_convolution(const Shape& input, const TextbookWindow& window, const Array& kernel,
                           std::size_t groups) {
    const std::size_t in_group = kernel.shape[2];
    const std::size_t filters = kernel.shape[3];
    const Shape output = textbook_output(input, window, filters);
    Array matrix(Shape{input.size(), output.size()});
    for_each_meeting(input, window, [&](const Meeting& m) {
        for (std::size_t filter = 0; filter < filters; ++filter) {
            const std::size_t group = filter / (filters / groups);
            for (std::size_t k = 0; k < in_group; ++k) {
                const std::size_t pre = m.input_pixel * input[2] + group * in_group + k;
                const std::size_t post = m.output_pixel * filters + filter;
                matrix.values.at(pre * output.size() + post) +=
                    kernel.values.at((m.kernel_pixel * in_group + k) * filters + filter);
            }
        }
    });
    return matrix;
}

Array textbook_pool(const Shape& input, const TextbookWindow& window) {
    const std::size_t channels = input[2];
    const Shape output = textbook_output(input, window, channels);
    const double share = 1.0 / static_cast<double>(window.size.rows * window.size.columns);
    Array matrix(Shape{input.size(), output.size()});
    for_each_meeting(input, window, [&](const Meeting& m) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            const std::size_t pre = m.input_pixel * channels + channel;
            matrix.values.at(pre * output.size() + m.output_pixel * channels + channel) += share;
        }
    });
    return matrix;
}

Array product(const Array& a, const Array& b) {
    const std::size_t inner = b.shape[0];
    const std::size_t columns = b.shape[1];
    Array result(Shape{a.shape[0], columns});
    for (std::size_t i = 0; i < a.shape[0]; ++i) {
        for (std::size_t k = 0; k < inner; ++k) {
            for (std::size_t j = 0; j < columns; ++j) {
                result.values[i * columns + j] +=
                    a.values.at(i * inner + k) * b.values[k * columns + j];
            }
        }
    }
    return result;
}

Array transpose(const Array& matrix) {
    Array result(Shape{matrix.shape[1], matrix.shape[0]});
    for (std::size_t i = 0; i < matrix.shape[0]; ++i) {
        for (std::size_t j = 0; j < matrix.shape[1]; ++j)
            result.values[j * matrix.shape[0] + i] = matrix.values[i * matrix.shape[1] + j];
    }
    return result;
}

}  // namespace saltus::test
