#include "kernels/cpu/convolution.hpp"

#include <span>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/convolution_runs.inl"

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

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

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(convolve_spikes);

void convolve_spikes(const ConvolutionShape& shape, const float* kernel,
                     const std::uint32_t* step_begin, const std::uint32_t* index,
                     std::size_t num_steps, float* out, std::size_t out_stride) {
    HWY_DYNAMIC_DISPATCH(convolve_spikes)
    (shape, kernel, step_begin, index, num_steps, out, out_stride);
}

}  // namespace saltus::kernels
#endif
