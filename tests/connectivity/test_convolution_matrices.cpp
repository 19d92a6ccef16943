// Thousands of random windows against their definitions in plain loops.
#include <gtest/gtest.h>

#include <array>

#include <saltus/common/errors.hpp>
#include <saltus/connectivity/avg_pool_2d.hpp>
#include <saltus/connectivity/avg_pool_conv_2d.hpp>
#include <saltus/connectivity/avg_pool_dense_2d.hpp>
#include <saltus/connectivity/conv_1d.hpp>
#include <saltus/connectivity/conv_2d.hpp>
#include <saltus/connectivity/conv_2d_transpose.hpp>

#include "connectivity/effective_matrix.hpp"
#include "connectivity/textbook.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

std::size_t between(Numbers& numbers, std::size_t low, std::size_t high) {
    return low + numbers.below(high - low + 1);
}

Param2D pair(Numbers& numbers, std::size_t high) {
    const std::size_t rows = between(numbers, 1, high);
    return {rows, between(numbers, 1, high)};
}

Shape image(Numbers& numbers, std::size_t channels) {
    const Param2D size = pair(numbers, 8);
    return Shape{size.rows, size.columns, channels};
}

PadMode padding(Numbers& numbers, std::size_t modes = 3) {
    return std::array{PadMode::kValid, PadMode::kSame, PadMode::kFull}.at(numbers.below(modes));
}

TextbookWindow random_window(Numbers& numbers, std::size_t modes = 3) {
    TextbookWindow window;
    window.size = pair(numbers, 4);
    window.stride = pair(numbers, 4);
    // Most convolutions are not dilated.
    if (numbers.below(2) == 0) window.dilation = pair(numbers, 3);
    window.padding = padding(numbers, modes);
    return window;
}

Array filled(Numbers& numbers, Shape shape) {
    Array array(std::move(shape));
    for (double& value : array.values)
        value = numbers.dyadic(0.0, 1.0);
    return array;
}

std::string text(const Shape& input, const TextbookWindow& window) {
    const auto both = [](Param2D p) { return to_string(Shape{p.rows, p.columns}); };
    return "input " + to_string(input) + " window " + both(window.size) + " stride " +
           both(window.stride) + " dilation " + both(window.dilation) + " " +
           to_string(window.padding);
}

/// Whether the window fits. Where it does not, the connection must be refused.
bool fits(const Connectivity& connectivity, const Shape& input, const Shape& output) {
    if (output.size() > 0) return true;
    EXPECT_THROW(connected(connectivity, input), ModelError);
    return false;
}

TEST(ConvolutionMatrices, Convolutions) {
    Numbers numbers(1);
    std::size_t compared = 0;
    for (int trial = 0; trial < 4000; ++trial) {
        const std::size_t groups = between(numbers, 1, 3);
        const std::size_t in_group = between(numbers, 1, 2);
        const std::size_t filters = groups * between(numbers, 1, 2);
        const Shape input = image(numbers, groups * in_group);
        const TextbookWindow window = random_window(numbers);
        const bool flatten = numbers.below(2) == 0;
        SCOPED_TRACE(text(input, window));
        const Array kernel =
            filled(numbers, Shape{window.size.rows, window.size.columns, in_group, filters});
        const Conv2D conv(kernel, filters, window.size, flatten, window.stride, window.padding, 0.0,
                          window.dilation, groups);
        const Shape output = textbook_output(input, window, filters);
        if (!fits(conv, input, output)) continue;
        const Connected both = connected(conv, input);
        ASSERT_EQ(both.target->shape(), flatten ? Shape{output.size()} : output);
        ASSERT_EQ(effective_matrix(both).values,
                  textbook_convolution(input, window, kernel, groups).values);
        ++compared;
    }
    EXPECT_GT(compared, 3000U);
}

TEST(ConvolutionMatrices, ConvolutionsAlongOneAxis) {
    Numbers numbers(2);
    for (int trial = 0; trial < 1000; ++trial) {
        const std::size_t groups = between(numbers, 1, 2);
        const std::size_t in_group = between(numbers, 1, 2);
        const std::size_t filters = groups * between(numbers, 1, 3);
        const std::size_t length = between(numbers, 1, 16);
        TextbookWindow window = random_window(numbers);
        window.size.rows = window.stride.rows = window.dilation.rows = 1;
        const Shape input{1, length, groups * in_group};
        SCOPED_TRACE(text(input, window));
        const Array kernel = filled(numbers, Shape{1, window.size.columns, in_group, filters});
        const Conv1D conv(Array(Shape{window.size.columns, in_group, filters}, kernel.values),
                          filters, window.size.columns, false, window.stride.columns,
                          window.padding, 0.0, window.dilation.columns, groups);
        const Shape line{length, input[2]};
        const Shape output = textbook_output(input, window, filters);
        if (!fits(conv, line, output)) continue;
        const Connected both = connected(conv, line);
        ASSERT_EQ(both.target->shape(), (Shape{output[1], filters}));
        ASSERT_EQ(effective_matrix(both).values,
                  textbook_convolution(input, window, kernel, groups).values);
    }
}

TEST(ConvolutionMatrices, TransposedConvolutionsAreTransposes) {
    Numbers numbers(3);
    for (int trial = 0; trial < 2000; ++trial) {
        const std::size_t channels = between(numbers, 1, 3);
        const std::size_t filters = between(numbers, 1, 3);
        const Shape input = image(numbers, channels);
        const TextbookWindow window = random_window(numbers, 2);
        SCOPED_TRACE(text(input, window));
        const Array kernel =
            filled(numbers, Shape{window.size.rows, window.size.columns, filters, channels});
        const Connected both =
            connected(Conv2DTranspose(kernel, filters, window.size, false, window.stride,
                                      window.padding, 0.0, window.dilation),
                      input);
        // The convolution from the target to the source must give the source its shape back.
        const Shape output = both.target->shape();
        ASSERT_EQ(textbook_output(output, window, channels), input);
        ASSERT_EQ(effective_matrix(both).values,
                  transpose(textbook_convolution(output, window, kernel)).values);
    }
}

TEST(ConvolutionMatrices, Pools) {
    Numbers numbers(4);
    for (int trial = 0; trial < 2000; ++trial) {
        const Shape input = image(numbers, between(numbers, 1, 3));
        TextbookWindow window = random_window(numbers);
        window.dilation = 1;
        SCOPED_TRACE(text(input, window));
        const AvgPool2D pool(window.size, false, window.stride, 0.0, window.padding);
        const Shape output = textbook_output(input, window, input[2]);
        if (!fits(pool, input, output)) continue;
        const Connected both = connected(pool, input);
        ASSERT_EQ(both.target->shape(), output);
        ASSERT_EQ(effective_matrix(both).values, textbook_pool(input, window).values);
    }
}

TEST(ConvolutionMatrices, ConvolutionsOfPools) {
    Numbers numbers(5);
    for (int trial = 0; trial < 2000; ++trial) {
        const std::size_t filters = between(numbers, 1, 2);
        const Shape input = image(numbers, between(numbers, 1, 2));
        TextbookWindow pool = random_window(numbers, 1);
        TextbookWindow window = random_window(numbers);
        pool.dilation = window.dilation = 1;
        SCOPED_TRACE(text(input, pool) + ", then " + text(Shape{}, window));
        const Array kernel =
            filled(numbers, Shape{window.size.rows, window.size.columns, input[2], filters});
        const AvgPoolConv2D conv(kernel, filters, pool.size, window.size, false, pool.stride,
                                 window.stride, window.padding);
        const Shape pools = textbook_output(input, pool, input[2]);
        const Shape output = pools.size() == 0 ? Shape{0} : textbook_output(pools, window, filters);
        if (!fits(conv, input, output)) continue;
        const Connected both = connected(conv, input);
        ASSERT_EQ(both.target->shape(), output);
        ASSERT_LE(absolute_error(effective_matrix(both).values,
                                 product(textbook_pool(input, pool),
                                         textbook_convolution(pools, window, kernel))
                                     .values),
                  1e-14);
    }
}

TEST(ConvolutionMatrices, MatricesBehindPools) {
    Numbers numbers(6);
    for (int trial = 0; trial < 1000; ++trial) {
        const Shape input = image(numbers, between(numbers, 1, 3));
        TextbookWindow pool = random_window(numbers, 1);
        pool.dilation = 1;
        SCOPED_TRACE(text(input, pool));
        const Shape pools = textbook_output(input, pool, input[2]);
        const Array weights = numbers.dyadic(pools.size(), between(numbers, 1, 5), 0.0, 1.0);
        const AvgPoolDense2D dense(weights, pool.size, pool.stride);
        if (!fits(dense, input, pools)) continue;
        const Connected both = connected(dense, input);
        ASSERT_EQ(both.target->shape(), Shape{weights.shape[1]});
        ASSERT_LE(absolute_error(effective_matrix(both).values,
                                 product(textbook_pool(input, pool), weights).values),
                  1e-14);
    }
}

}  // namespace
}  // namespace saltus::test
