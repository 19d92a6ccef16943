#include "kernels/cpu/convolution.hpp"

#include <vector>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/convolution_gradients.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/convolution_runs.inl"

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

HWY_INLINE void add(const float* HWY_RESTRICT from, float* HWY_RESTRICT to, std::size_t count) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t at = 0;
    for (; at + 4 * lanes <= count; at += 4 * lanes) {
        const V a = hn::Add(hn::LoadU(d, to + at), hn::LoadU(d, from + at));
        const V b = hn::Add(hn::LoadU(d, to + at + lanes), hn::LoadU(d, from + at + lanes));
        const V c = hn::Add(hn::LoadU(d, to + at + 2 * lanes), hn::LoadU(d, from + at + 2 * lanes));
        const V e = hn::Add(hn::LoadU(d, to + at + 3 * lanes), hn::LoadU(d, from + at + 3 * lanes));
        hn::StoreU(a, d, to + at);
        hn::StoreU(b, d, to + at + lanes);
        hn::StoreU(c, d, to + at + 2 * lanes);
        hn::StoreU(e, d, to + at + 3 * lanes);
    }
    for (; at + lanes <= count; at += lanes)
        hn::StoreU(hn::Add(hn::LoadU(d, to + at), hn::LoadU(d, from + at)), d, to + at);
    for (; at < count; ++at)
        to[at] += from[at];
}

/// Adds what spikes of one channel leave to the gradients of one row of its kernel, of kColumns
/// columns and kVectors vectors of outputs, which are held in registers.
template <std::size_t kColumns, std::size_t kVectors>
HWY_INLINE void add_row(const std::vector<PixelReach>& spikes, std::size_t begin, std::size_t end,
                        std::size_t row, std::size_t first_column, std::size_t column_stride,
                        const float* HWY_RESTRICT values, std::size_t gradient_stride,
                        float* HWY_RESTRICT gradient) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum[kColumns][kVectors];
#pragma GCC unroll 8
    for (std::size_t c = 0; c < kColumns; ++c) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < kVectors; ++v)
            sum[c][v] = hn::LoadU(d, gradient + c * gradient_stride + v * lanes);
    }
    for (std::size_t k = begin; k < end; ++k) {
        const PixelReach& spike = spikes[k];
        if ((spike.rows >> row & 1) == 0) continue;
        const float* const from = values + spike.first;
        const std::uint32_t columns = spike.columns >> first_column;
#pragma GCC unroll 8
        for (std::size_t c = 0; c < kColumns; ++c) {
            if ((columns >> c & 1) == 0) continue;
#pragma GCC unroll 8
            for (std::size_t v = 0; v < kVectors; ++v)
                sum[c][v] =
                    hn::Add(sum[c][v], hn::LoadU(d, from + static_cast<std::ptrdiff_t>(
                                                               c * column_stride + v * lanes)));
        }
    }
#pragma GCC unroll 8
    for (std::size_t c = 0; c < kColumns; ++c) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < kVectors; ++v)
            hn::StoreU(sum[c][v], d, gradient + c * gradient_stride + v * lanes);
    }
}

/// Sorts the spikes of a step by their channels. @param begin of each channel, and the end.
void sort_by_channel(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                     const std::uint32_t* spikes, std::size_t num_spikes,
                     std::vector<std::size_t>& begin, std::vector<PixelReach>& sorted) {
    const auto channels = static_cast<std::uint32_t>(shape.in_channels);
    begin.assign(channels + 2, 0);
    for (std::size_t k = 0; k < num_spikes; ++k)
        ++begin[spikes[k] % channels + 2];
    for (std::size_t channel = 2; channel < begin.size(); ++channel)
        begin[channel] += begin[channel - 1];
    sorted.resize(num_spikes);
    for (std::size_t k = 0; k < num_spikes; ++k)
        sorted[begin[spikes[k] % channels + 1]++] = pixels.reach[spikes[k] / channels];
}

void add_convolution_gradients(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                               const std::uint32_t* spikes, std::size_t num_spikes,
                               const float* values, float* gradient) {
    const std::size_t lanes = hn::Lanes(D());
    const std::size_t outputs = shape.group_outputs;
    if (pixels.reach.empty() || outputs % lanes != 0) {
        for (std::size_t k = 0; k < num_spikes; ++k) {
            for_each_run(shape, spikes[k],
                         [&](std::size_t weights, std::size_t at, std::size_t count)
                             HWY_ATTR { add(values + at, gradient + weights, count); });
        }
        return;
    }
    thread_local std::vector<std::size_t> begin;
    thread_local std::vector<PixelReach> sorted;
    sort_by_channel(shape, pixels, spikes, num_spikes, begin, sorted);
    for (std::size_t channel = 0; channel < shape.in_channels; ++channel) {
        if (begin[channel] == begin[channel + 1]) continue;
        const std::size_t first_output = channel / shape.channels_in_group * outputs;
        for (std::size_t row = 0; row < pixels.kernel_rows; ++row) {
            const float* const from =
                values + first_output + pixels.row_step * static_cast<std::ptrdiff_t>(row);
            float* const to =
                gradient + (row * shape.in_channels + channel) * shape.kernel_columns * outputs;
            const auto run = [&]<std::size_t kColumns, std::size_t kVectors>(
                                 std::size_t column, std::size_t output) HWY_ATTR {
                add_row<kColumns, kVectors>(sorted, begin[channel], begin[channel + 1], row, column,
                                            shape.out_channels,
                                            from + column * shape.out_channels + output, outputs,
                                            to + column * outputs + output);
            };
            for (std::size_t column = 0; column < shape.kernel_columns;) {
                const bool are_three = shape.kernel_columns - column >= 3;
                for (std::size_t output = 0; output < outputs;) {
                    const std::size_t vectors = (outputs - output) / lanes;
                    if (vectors >= 4) {
                        are_three ? run.template operator()<3, 4>(column, output)
                                  : run.template operator()<1, 4>(column, output);
                        output += 4 * lanes;
                    } else {
                        are_three ? run.template operator()<3, 1>(column, output)
                                  : run.template operator()<1, 1>(column, output);
                        output += lanes;
                    }
                }
                column += are_three ? 3 : 1;
            }
        }
    }
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(add_convolution_gradients);

void add_convolution_gradients(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                               const std::uint32_t* spikes, std::size_t num_spikes,
                               const float* values, float* gradient) {
    HWY_DYNAMIC_DISPATCH(add_convolution_gradients)
    (shape, pixels, spikes, num_spikes, values, gradient);
}

}  // namespace saltus::kernels
#endif
