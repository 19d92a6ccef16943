#include "kernels/cpu/convolution.hpp"

#include <algorithm>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/convolution_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/convolution_runs.inl"

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

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

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void store_sums(const V* sums, float* to) {
    for (std::size_t k = 0; k < 4; ++k)
        to[k] = hn::GetLane(sums[k]);
}
#else
/// Adds the blocks of four lanes of a vector up, and stores them.
template <class DV>
HWY_INLINE void store_sum_of_blocks(DV d, hn::Vec<DV> sum, float* to) {
    if constexpr (hn::MaxLanes(d) > 4) {
        const hn::Half<DV> half;
        store_sum_of_blocks(half, hn::Add(hn::LowerHalf(half, sum), hn::UpperHalf(half, sum)), to);
    } else {
        hn::StoreU(sum, d, to);
    }
}

/// The sums of the lanes of four vectors, to memory.
HWY_INLINE void store_sums(const V* sums, float* to) {
    const D d;
    const hn::RepartitionToWide<D> pairs;
    const auto add_neighbours = [&](V a, V b) HWY_ATTR {
        return hn::BitCast(pairs,
                           hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b)));
    };
    const auto low = add_neighbours(sums[0], sums[1]);
    const auto high = add_neighbours(sums[2], sums[3]);
    const V sum = hn::Add(hn::BitCast(d, hn::InterleaveLower(pairs, low, high)),
                          hn::BitCast(d, hn::InterleaveUpper(pairs, low, high)));
    store_sum_of_blocks(d, sum, to);
}
#endif

/// Of kChannels channels of one group at kPixels pixels whose runs are those of the first one,
/// moved: values and weights are each loaded once for all.
/// @param spike the first of the channels, at the first pixel.
template <std::size_t kPixels, std::size_t kChannels>
HWY_INLINE void multiply_pixels(const ConvolutionShape& shape, const float* kernel,
                                std::uint32_t spike, const MovedPixel* pixels, const float* values,
                                float* out, std::size_t channel) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t step = shape.kernel_columns * shape.group_outputs;
    V sum[kPixels][kChannels];
    float rest[kPixels][kChannels] = {};
    const float* from[kPixels];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < kPixels; ++p) {
        from[p] = values + pixels[p].move;
#pragma GCC unroll 8
        for (std::size_t c = 0; c < kChannels; ++c)
            sum[p][c] = hn::Zero(d);
    }
    for_each_run(shape, spike,
                 [&](std::size_t weights, std::size_t at, std::size_t count) HWY_ATTR {
                     const float* const first = kernel + weights;
                     std::size_t i = 0;
                     for (; i + lanes <= count; i += lanes) {
                         V here[kPixels];
#pragma GCC unroll 8
                         for (std::size_t p = 0; p < kPixels; ++p)
                             here[p] = hn::LoadU(d, from[p] + at + i);
#pragma GCC unroll 8
                         for (std::size_t c = 0; c < kChannels; ++c) {
                             const V weight = hn::LoadU(d, first + c * step + i);
#pragma GCC unroll 8
                             for (std::size_t p = 0; p < kPixels; ++p)
                                 sum[p][c] = hn::MulAdd(weight, here[p], sum[p][c]);
                         }
                     }
                     for (; i < count; ++i) {
                         for (std::size_t p = 0; p < kPixels; ++p)
                             for (std::size_t c = 0; c < kChannels; ++c)
                                 rest[p][c] += first[c * step + i] * from[p][at + i];
                     }
                 });
#pragma GCC unroll 8
    for (std::size_t p = 0; p < kPixels; ++p) {
        float* const to = out + pixels[p].kind * shape.in_channels + channel;
        if constexpr (kChannels == 4) {
            store_sums(sum[p], to);
        } else {
            for (std::size_t c = 0; c < kChannels; ++c)
                to[c] = hn::GetLane(hn::SumOfLanes(d, sum[p][c]));
        }
        for (std::size_t c = 0; c < kChannels; ++c)
            to[c] += rest[p][c];
    }
}

void all_convolution_products(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                              const float* kernel, const float* values, float* out) {
    // As many sums as there are registers for.
    constexpr std::size_t kPixels = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
    const std::size_t channels = shape.in_channels;
    for (const PixelsAlike& alike : pixels.alike) {
        const auto first = static_cast<std::uint32_t>(alike.pixel * channels);
        const auto run = [&]<std::size_t kChannels>(std::size_t channel) HWY_ATTR {
            const auto spike = static_cast<std::uint32_t>(first + channel);
            const MovedPixel* const all = alike.pixels.data();
            const std::size_t size = alike.pixels.size();
            // The last ones once more rather than one by one.
            for (std::size_t k = 0; size >= kPixels && k < size; k += kPixels) {
                multiply_pixels<kPixels, kChannels>(
                    shape, kernel, spike, all + std::min(k, size - kPixels), values, out, channel);
            }
            for (std::size_t k = 0; size < kPixels && k < size; ++k)
                multiply_pixels<1, kChannels>(shape, kernel, spike, all + k, values, out, channel);
        };
        for (std::size_t channel = 0; channel < channels;) {
            const std::size_t left = shape.channels_in_group - channel % shape.channels_in_group;
            if (left >= 4) {
                run.template operator()<4>(channel);
                channel += 4;
            } else {
                run.template operator()<1>(channel);
                ++channel;
            }
        }
    }
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(convolution_product);
HWY_EXPORT(convolution_products);
HWY_EXPORT(all_convolution_products);

float convolution_product(const ConvolutionShape& shape, const float* kernel, std::uint32_t spike,
                          const float* values) {
    return HWY_DYNAMIC_DISPATCH(convolution_product)(shape, kernel, spike, values);
}

void convolution_products(const ConvolutionShape& shape, const float* kernel,
                          const std::uint32_t* spikes, std::size_t num_spikes, const float* values,
                          float* out) {
    HWY_DYNAMIC_DISPATCH(convolution_products)(shape, kernel, spikes, num_spikes, values, out);
}

void all_convolution_products(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                              const float* kernel, const float* values, float* out) {
    HWY_DYNAMIC_DISPATCH(all_convolution_products)(shape, pixels, kernel, values, out);
}

}  // namespace saltus::kernels
#endif
