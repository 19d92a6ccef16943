#include "kernels/cpu/convolution.hpp"

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
    const std::size_t channel = spike % shape.in_channels;
    const std::size_t pixel = spike / shape.in_channels;
    const std::size_t column = pixel % shape.in_columns;
    const std::size_t row = pixel / shape.in_columns;
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

void convolve_spikes(const ConvolutionShape& shape, const float* kernel,
                     const std::uint32_t* step_begin, const std::uint32_t* index,
                     std::size_t num_steps, float* out, std::size_t out_stride) {
    for (std::size_t step = 0; step < num_steps; ++step, out += out_stride) {
        for (std::uint32_t k = step_begin[step]; k < step_begin[step + 1]; ++k) {
            for_each_run(shape, index[k],
                         [&](std::size_t weights, std::size_t at, std::size_t count)
                             HWY_ATTR { add(kernel + weights, out + at, count); });
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

void add_convolution_gradient(const ConvolutionShape& shape, std::uint32_t spike,
                              const float* values, float* gradient) {
    HWY_DYNAMIC_DISPATCH(add_convolution_gradient)(shape, spike, values, gradient);
}

}  // namespace saltus::kernels
#endif
