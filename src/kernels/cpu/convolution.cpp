#include "kernels/cpu/convolution.hpp"

#include <span>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

/// Calls visit(kernel offset, output offset, count) for each stretch that a spike reaches.
template <class Visit>
HWY_INLINE void for_each_run(const ConvolutionShape& shape, std::uint32_t spike,
                             const Visit& visit) {
    // In 32 bits, in which divisions take less time.
    const auto in_channels = static_cast<std::uint32_t>(shape.in_channels);
    const auto in_columns = static_cast<std::uint32_t>(shape.in_columns);
    const std::size_t channel = spike % in_channels;
    const std::uint32_t pixel = spike / in_channels;
    const std::uint32_t column = pixel % in_columns;
    const std::uint32_t row = pixel / in_columns;
    const std::size_t outputs = shape.group_outputs;
    const std::size_t first_output = channel / shape.channels_in_group * outputs;
    const AxisRun* const columns = shape.columns.data();
    const std::uint32_t columns_end = shape.column_begin[column + 1];
    for (std::uint32_t i = shape.row_begin[row]; i < shape.row_begin[row + 1]; ++i) {
        const AxisRun& vertical = shape.rows[i];
        const std::size_t weights =
            (vertical.kernel * shape.in_channels + channel) * shape.kernel_columns;
        const std::size_t pixels = vertical.out * shape.out_columns;
        for (std::uint32_t j = shape.column_begin[column]; j < columns_end; ++j) {
            visit((weights + columns[j].kernel) * outputs,
                  (pixels + columns[j].out) * shape.out_channels + first_output,
                  columns[j].length * outputs);
        }
    }
}

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

/// Adds kVectors vectors of each spike's weights to the same outputs, held in registers.
/// @param step floats between the weights of neighbouring channels.
template <int kVectors>
HWY_INLINE void add_spikes(const float* HWY_RESTRICT weights, std::size_t step,
                           std::span<const std::uint32_t> spikes, float* HWY_RESTRICT out) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum[kVectors];
#pragma GCC unroll 16
    for (int k = 0; k < kVectors; ++k)
        sum[k] = hn::LoadU(d, out + static_cast<std::size_t>(k) * lanes);
    for (const std::uint32_t spike : spikes) {
        const float* from = weights + (spike - spikes[0]) * step;
#pragma GCC unroll 16
        for (int k = 0; k < kVectors; ++k)
            sum[k] = hn::Add(sum[k], hn::LoadU(d, from + static_cast<std::size_t>(k) * lanes));
    }
#pragma GCC unroll 16
    for (int k = 0; k < kVectors; ++k)
        hn::StoreU(sum[k], d, out + static_cast<std::size_t>(k) * lanes);
}

/// Adds the weights of spikes of one pixel and group, which reach the same outputs.
void convolve_pixel(const ConvolutionShape& shape, const float* kernel,
                    std::span<const std::uint32_t> spikes, float* out) {
    const std::size_t lanes = hn::Lanes(D());
    const std::size_t step = shape.kernel_columns * shape.group_outputs;
    for_each_run(shape, spikes[0],
                 [&](std::size_t weights, std::size_t first, std::size_t count) HWY_ATTR {
                     const float* from = kernel + weights;
                     float* to = out + first;
                     std::size_t at = 0;
                     const auto run = [&]<int kVectors>() HWY_ATTR {
                         for (; count - at >= kVectors * lanes; at += kVectors * lanes)
                             add_spikes<kVectors>(from + at, step, spikes, to + at);
                     };
                     run.template operator()<12>();
                     run.template operator()<8>();
                     run.template operator()<4>();
                     run.template operator()<1>();
                     for (const std::uint32_t spike : spikes) {
                         for (std::size_t k = at; k < count; ++k)
                             to[k] += from[(spike - spikes[0]) * step + k];
                     }
                 });
}

void convolve_spikes(const ConvolutionShape& shape, const float* kernel,
                     const std::uint32_t* step_begin, const std::uint32_t* index,
                     std::size_t num_steps, float* out, std::size_t out_stride) {
    const auto channels = static_cast<std::uint32_t>(shape.channels_in_group);
    for (std::size_t step = 0; step < num_steps; ++step, out += out_stride) {
        const std::uint32_t* const end = index + step_begin[step + 1];
        for (const std::uint32_t* spike = index + step_begin[step]; spike != end;) {
            const std::uint32_t* const first = spike++;
            // Channels of a group follow each other, and so do the groups of a pixel.
            const std::uint32_t left = channels - *first % channels;
            while (spike != end && *spike - *first < left)
                ++spike;
            convolve_pixel(shape, kernel, {first, spike}, out);
        }
    }
}

float convolution_product(const ConvolutionShape& shape, const float* kernel, std::uint32_t spike,
                          const float* values) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum = hn::Zero(d);
    float rest = 0.0F;
    for_each_run(shape, spike,
                 [&](std::size_t weights, std::size_t at, std::size_t count) HWY_ATTR {
                     std::size_t i = 0;
                     for (; i + lanes <= count; i += lanes) {
                         sum = hn::MulAdd(hn::LoadU(d, kernel + weights + i),
                                          hn::LoadU(d, values + at + i), sum);
                     }
                     for (; i < count; ++i)
                         rest += kernel[weights + i] * values[at + i];
                 });
    return hn::GetLane(hn::SumOfLanes(d, sum)) + rest;
}

/// Of kSpikes spikes of one pixel and group, whose values are loaded once.
template <std::size_t kSpikes>
HWY_INLINE void multiply_spikes(const ConvolutionShape& shape, const float* kernel,
                                const std::uint32_t* spikes, const float* values, float* out) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t step = shape.kernel_columns * shape.group_outputs;
    V sum[kSpikes];
    float rest[kSpikes] = {};
    const float* first[kSpikes];
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kSpikes; ++k) {
        sum[k] = hn::Zero(d);
        first[k] = kernel + (spikes[k] - spikes[0]) * step;
    }
    for_each_run(
        shape, spikes[0], [&](std::size_t weights, std::size_t at, std::size_t count) HWY_ATTR {
            std::size_t i = 0;
            for (; i + lanes <= count; i += lanes) {
                const V here = hn::LoadU(d, values + at + i);
#pragma GCC unroll 8
                for (std::size_t k = 0; k < kSpikes; ++k)
                    sum[k] = hn::MulAdd(hn::LoadU(d, first[k] + weights + i), here, sum[k]);
            }
            for (; i < count; ++i) {
#pragma GCC unroll 8
                for (std::size_t k = 0; k < kSpikes; ++k)
                    rest[k] += first[k][weights + i] * values[at + i];
            }
        });
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kSpikes; ++k)
        out[k] = hn::GetLane(hn::SumOfLanes(d, sum[k])) + rest[k];
}

void convolution_products(const ConvolutionShape& shape, const float* kernel,
                          const std::uint32_t* spikes, std::size_t num_spikes, const float* values,
                          float* out) {
    std::size_t k = 0;
    while (k < num_spikes) {
        // Those of the same group.
        const std::size_t channels = shape.channels_in_group;
        const std::size_t left = channels - spikes[k] % channels;
        std::size_t end = k + 1;
        while (end < num_spikes && spikes[end] - spikes[k] < left)
            ++end;
        const auto run = [&]<std::size_t kSpikes>() HWY_ATTR {
            for (; end - k >= kSpikes; k += kSpikes)
                multiply_spikes<kSpikes>(shape, kernel, spikes + k, values, out + k);
        };
        run.template operator()<8>();
        run.template operator()<4>();
        run.template operator()<2>();
        run.template operator()<1>();
    }
}

void add_convolution_gradient(const ConvolutionShape& shape, std::uint32_t spike,
                              const float* values, float* gradient) {
    for_each_run(shape, spike,
                 [&](std::size_t weights, std::size_t at, std::size_t count)
                     HWY_ATTR { add(values + at, gradient + weights, count); });
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(convolve_spikes);
HWY_EXPORT(convolution_product);
HWY_EXPORT(convolution_products);
HWY_EXPORT(add_convolution_gradient);

void convolve_spikes(const ConvolutionShape& shape, const float* kernel,
                     const std::uint32_t* step_begin, const std::uint32_t* index,
                     std::size_t num_steps, float* out, std::size_t out_stride) {
    HWY_DYNAMIC_DISPATCH(convolve_spikes)
    (shape, kernel, step_begin, index, num_steps, out, out_stride);
}

float convolution_product(const ConvolutionShape& shape, const float* kernel, std::uint32_t spike,
                          const float* values) {
    return HWY_DYNAMIC_DISPATCH(convolution_product)(shape, kernel, spike, values);
}

void convolution_products(const ConvolutionShape& shape, const float* kernel,
                          const std::uint32_t* spikes, std::size_t num_spikes, const float* values,
                          float* out) {
    HWY_DYNAMIC_DISPATCH(convolution_products)(shape, kernel, spikes, num_spikes, values, out);
}

void add_convolution_gradient(const ConvolutionShape& shape, std::uint32_t spike,
                              const float* values, float* gradient) {
    HWY_DYNAMIC_DISPATCH(add_convolution_gradient)(shape, spike, values, gradient);
}

}  // namespace saltus::kernels
#endif
