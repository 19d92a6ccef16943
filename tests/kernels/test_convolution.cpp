// The kernels of convolutions against plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "kernels/cpu/convolution.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

/// A convolution of stride 1 whose output has the size of its input.
struct Case {
    std::uint32_t rows;
    std::uint32_t columns;
    std::uint32_t kernel;
    std::size_t in_channels;
    std::size_t groups;
    std::size_t group_outputs;
    /// Whether columns that lie side by side are one run, which only one group allows.
    bool merges;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.rows << "x" << c.columns << "x" << c.in_channels << ", kernel " << c.kernel
               << ", " << c.groups << " groups of " << c.group_outputs << ", merged " << c.merges;
}

kernels::ConvolutionShape shape_of(const Case& c) {
    kernels::ConvolutionShape shape{};
    shape.in_columns = c.columns;
    shape.in_channels = c.in_channels;
    shape.channels_in_group = c.in_channels / c.groups;
    shape.out_columns = c.columns;
    shape.out_channels = c.groups * c.group_outputs;
    shape.kernel_columns = c.kernel;
    shape.group_outputs = c.group_outputs;
    const std::uint32_t reach = c.kernel / 2;
    const auto first = [&](std::uint32_t in) { return in < reach ? 0 : in - reach; };
    shape.row_begin.push_back(0);
    for (std::uint32_t in = 0; in < c.rows; ++in) {
        for (std::uint32_t out = first(in); out <= std::min(c.rows - 1, in + reach); ++out)
            shape.rows.push_back({in + reach - out, out, 1});
        shape.row_begin.push_back(static_cast<std::uint32_t>(shape.rows.size()));
    }
    shape.column_begin.push_back(0);
    for (std::uint32_t in = 0; in < c.columns; ++in) {
        const std::uint32_t last = std::min(c.columns - 1, in + reach);
        for (std::uint32_t out = first(in); out <= last; out += c.merges ? c.kernel : 1)
            shape.columns.push_back({out + reach - in, out, c.merges ? last - out + 1 : 1});
        shape.column_begin.push_back(static_cast<std::uint32_t>(shape.columns.size()));
    }
    return shape;
}

class ConvolutionKernels : public testing::TestWithParam<Case> {
  protected:
    /// Numbers of which float32 sums and products are exact.
    std::vector<float> floats(std::size_t count) {
        std::vector<float> values(count);
        for (float& value : values)
            value = static_cast<float>(numbers_.below(64)) / 16.0F - 2.0F;
        return values;
    }

    /// Calls visit(weight, output) for each synapse of a spike.
    template <class Visit>
    void for_each_synapse(std::uint32_t spike, const Visit& visit) const {
        const Case& c = GetParam();
        const auto in = static_cast<std::size_t>(spike);
        const std::size_t channel = in % c.in_channels;
        const auto column = static_cast<long>(in / c.in_channels % c.columns);
        const auto row = static_cast<long>(in / c.in_channels / c.columns);
        const std::size_t group = channel / (c.in_channels / c.groups);
        const long reach = c.kernel / 2;
        for (long y = std::max(0L, row - reach); y <= std::min(c.rows - 1L, row + reach); ++y) {
            for (long x = std::max(0L, column - reach);
                 x <= std::min(c.columns - 1L, column + reach); ++x) {
                const auto kernel_row = static_cast<std::size_t>(row + reach - y);
                const auto kernel_column = static_cast<std::size_t>(x + reach - column);
                const std::size_t weight =
                    ((kernel_row * c.in_channels + channel) * c.kernel + kernel_column) *
                    c.group_outputs;
                const std::size_t pixel = static_cast<std::size_t>(y * c.columns + x);
                const std::size_t output = (pixel * c.groups + group) * c.group_outputs;
                for (std::size_t k = 0; k < c.group_outputs; ++k)
                    visit(weight + k, output + k);
            }
        }
    }

    std::size_t num_inputs() const {
        return GetParam().rows * GetParam().columns * GetParam().in_channels;
    }
    std::size_t num_outputs() const {
        const Case& c = GetParam();
        return c.rows * c.columns * c.groups * c.group_outputs;
    }
    std::size_t num_weights() const {
        const Case& c = GetParam();
        return c.kernel * c.kernel * c.in_channels * c.group_outputs;
    }

    Numbers numbers_{11};
};

TEST_P(ConvolutionKernels, ConvolveSpikes) {
    const kernels::ConvolutionShape shape = shape_of(GetParam());
    const std::vector<float> kernel = floats(num_weights());
    const std::size_t stride = num_outputs() + 5;
    // Steps without spikes, with few, with most, and with all of them twice.
    std::vector<std::uint32_t> step_begin{0, 0};
    std::vector<std::uint32_t> index;
    for (const std::size_t tenths : {1, 8, 10}) {
        for (std::uint32_t in = 0; in < num_inputs(); ++in) {
            if (numbers_.below(10) < tenths) index.push_back(in);
            if (tenths == 10) index.push_back(in);
        }
        step_begin.push_back(static_cast<std::uint32_t>(index.size()));
    }
    std::vector<float> out = floats(4 * stride);
    std::vector<float> expected = out;
    for (std::size_t step = 0; step < 4; ++step) {
        for (std::uint32_t k = step_begin[step]; k < step_begin[step + 1]; ++k) {
            for_each_synapse(index[k], [&](std::size_t weight, std::size_t output) {
                expected[step * stride + output] += kernel[weight];
            });
        }
    }
    kernels::convolve_spikes(shape, kernel.data(), step_begin.data(), index.data(), 4, out.data(),
                             stride);
    EXPECT_EQ(out, expected);
}

TEST_P(ConvolutionKernels, SpikesInAnyOrder) {
    const kernels::ConvolutionShape shape = shape_of(GetParam());
    const std::vector<float> kernel = floats(num_weights());
    std::vector<std::uint32_t> index(100);
    for (std::uint32_t& spike : index)
        spike = static_cast<std::uint32_t>(numbers_.below(num_inputs()));
    const std::vector<std::uint32_t> step_begin{0, 100};
    std::vector<float> out(num_outputs(), 0.0F);
    std::vector<float> expected = out;
    for (const std::uint32_t spike : index) {
        for_each_synapse(spike, [&](std::size_t weight, std::size_t output) {
            expected[output] += kernel[weight];
        });
    }
    kernels::convolve_spikes(shape, kernel.data(), step_begin.data(), index.data(), 1, out.data(),
                             0);
    EXPECT_EQ(out, expected);
}

TEST_P(ConvolutionKernels, ProductAndGradient) {
    const kernels::ConvolutionShape shape = shape_of(GetParam());
    const kernels::ConvolutionPixels pixels = kernels::find_pixels(shape);
    const std::vector<float> kernel = floats(num_weights());
    const std::vector<float> values = floats(num_outputs());
    std::vector<float> gradient = floats(num_weights());
    std::vector<float> expected = gradient;
    for (std::uint32_t spike = 0; spike < num_inputs(); ++spike) {
        float product = 0.0F;
        for_each_synapse(spike, [&](std::size_t weight, std::size_t output) {
            product += kernel[weight] * values[output];
            expected[weight] += values[output];
        });
        EXPECT_EQ(kernels::convolution_product(shape, kernel.data(), spike, values.data()), product)
            << "spike " << spike;
        kernels::add_convolution_gradients(shape, pixels, &spike, 1, values.data(),
                                           gradient.data());
    }
    EXPECT_EQ(gradient, expected);
}

TEST_P(ConvolutionKernels, GradientsOfManySpikes) {
    const kernels::ConvolutionShape shape = shape_of(GetParam());
    const kernels::ConvolutionPixels pixels = kernels::find_pixels(shape);
    const std::vector<float> values = floats(num_outputs());
    std::vector<float> gradient = floats(num_weights());
    std::vector<float> expected = gradient;
    std::vector<std::uint32_t> spikes(150);
    for (std::uint32_t& spike : spikes) {
        spike = static_cast<std::uint32_t>(numbers_.below(num_inputs()));
        for_each_synapse(spike, [&](std::size_t weight, std::size_t output) {
            expected[weight] += values[output];
        });
    }
    kernels::add_convolution_gradients(shape, pixels, spikes.data(), spikes.size(), values.data(),
                                       gradient.data());
    EXPECT_EQ(gradient, expected);
    // Outputs lie side by side like the kernel's columns, whether runs are merged or not.
    EXPECT_FALSE(pixels.reach.empty());
}

TEST_P(ConvolutionKernels, ProductsOfAllInputs) {
    const kernels::ConvolutionShape shape = shape_of(GetParam());
    const kernels::ConvolutionPixels pixels = kernels::find_pixels(shape);
    const std::vector<float> kernel = floats(num_weights());
    const std::vector<float> values = floats(num_outputs());
    const std::size_t channels = GetParam().in_channels;
    std::vector<float> products(pixels.num_kinds * channels);
    kernels::all_convolution_products(shape, pixels, kernel.data(), values.data(), products.data());
    for (std::uint32_t spike = 0; spike < num_inputs(); ++spike) {
        const float product =
            kernels::convolution_product(shape, kernel.data(), spike, values.data());
        EXPECT_EQ(products[pixels.kinds[spike / channels] * channels + spike % channels], product)
            << "spike " << spike;
    }
}

TEST_P(ConvolutionKernels, ProductsOfAPixel) {
    const kernels::ConvolutionShape shape = shape_of(GetParam());
    const std::vector<float> kernel = floats(num_weights());
    const std::vector<float> values = floats(num_outputs());
    const std::size_t channels = GetParam().in_channels;
    for (std::uint32_t first = 0; first < num_inputs(); first += channels) {
        for (std::size_t step = 1; step <= std::min<std::size_t>(channels, 3); ++step) {
            std::vector<std::uint32_t> spikes;
            for (std::size_t channel = 0; channel < channels; channel += step)
                spikes.push_back(first + static_cast<std::uint32_t>(channel));
            std::vector<float> products(spikes.size());
            kernels::convolution_products(shape, kernel.data(), spikes.data(), spikes.size(),
                                          values.data(), products.data());
            for (std::size_t k = 0; k < spikes.size(); ++k) {
                EXPECT_EQ(products[k], kernels::convolution_product(shape, kernel.data(), spikes[k],
                                                                    values.data()))
                    << "spike " << spikes[k];
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ConvolutionKernels,
    testing::Values(Case{5, 6, 3, 4, 1, 64, true}, Case{4, 5, 5, 10, 2, 80, false},
                    Case{3, 4, 3, 30, 2, 17, false}, Case{2, 3, 3, 19, 1, 20, true},
                    Case{6, 4, 3, 1, 1, 16, true}, Case{4, 5, 5, 3, 1, 7, true},
                    Case{1, 9, 3, 2, 1, 100, true}, Case{4, 4, 3, 4, 1, 20, false},
                    Case{5, 4, 3, 6, 3, 17, false}, Case{3, 3, 1, 5, 1, 33, true}));

}  // namespace
}  // namespace saltus::test
