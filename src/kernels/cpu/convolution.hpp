#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saltus::kernels {

/// Output positions along one axis that lie side by side and are reached through kernel positions
/// that do, too.
struct AxisRun {
    std::uint32_t kernel;
    std::uint32_t out;
    std::uint32_t length;
};

/// A convolution over spikes of [row][column][channel]. The kernel lies as
/// [kernel row][input channel][kernel column, reversed][output channel of the group], so that the
/// columns that one spike reaches, and their weights, are one stretch of memory each.
struct ConvolutionShape {
    std::size_t in_columns;
    std::size_t in_channels;
    std::size_t channels_in_group;  ///< input channels
    std::size_t out_columns;
    std::size_t out_channels;
    std::size_t kernel_columns;
    std::size_t group_outputs;  ///< output channels of a group
    /// By input row and column: its runs are number begin[i] to begin[i + 1] - 1. Runs along rows
    /// have length 1, those along columns a kernel position counted from the reversed end.
    std::vector<std::uint32_t> row_begin;
    std::vector<AxisRun> rows;
    std::vector<std::uint32_t> column_begin;
    std::vector<AxisRun> columns;
};

/// A pixel whose runs are those of another one, moved by so many outputs.
struct MovedPixel {
    std::size_t kind;
    std::size_t move;  ///< in floats of the output
};

/// Kinds of pixels that have the same runs but for where they lie.
struct PixelsAlike {
    std::size_t pixel;  ///< whose runs they are, moved
    std::vector<MovedPixel> pixels;
};

/// Where a pixel reaches when its row and column are each joined to a stretch of outputs: output
/// `first` + row step x kernel row + column of the kernel, for the kernel's rows and columns whose
/// bits are set.
struct PixelReach {
    std::int32_t first;  ///< float of the output; may lie outside, where bits are not set
    std::uint16_t rows;
    std::uint16_t columns;
};

/// What the pixels of a convolution's input have in common.
struct ConvolutionPixels {
    /// By pixel: pixels of one kind reach the same outputs through the same weights, as those of a
    /// pool do.
    std::vector<std::size_t> kinds;
    std::size_t num_kinds = 0;
    std::vector<PixelsAlike> alike;
    /// By pixel; empty where a kernel's columns do not lie side by side (strides, dilations).
    std::vector<PixelReach> reach;
    std::size_t kernel_rows = 0;
    std::ptrdiff_t row_step = 0;  ///< in floats of the output
};

ConvolutionPixels find_pixels(const ConvolutionShape& shape);

/// Adds the weights of the spikes of each step, index[step_begin[s] .. step_begin[s + 1]), to that
/// step's row of `out`, [out row][out column][out channel], `out_stride` floats from the next.
void convolve_spikes(const ConvolutionShape& shape, const float* kernel,
                     const std::uint32_t* step_begin, const std::uint32_t* index,
                     std::size_t num_steps, float* out, std::size_t out_stride);

/// The weights of one spike times the values where they arrive.
float convolution_product(const ConvolutionShape& shape, const float* kernel, std::uint32_t spike,
                          const float* values);

/// The same for some spikes, [spikes] in `out`; fast where those of a pixel follow each other.
void convolution_products(const ConvolutionShape& shape, const float* kernel,
                          const std::uint32_t* spikes, std::size_t num_spikes, const float* values,
                          float* out);

/// The same of all inputs: [kind of pixel][input channel] in `out`.
void all_convolution_products(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                              const float* kernel, const float* values, float* out);

/// Adds the values where the weights of some spikes arrive to the weights' gradients.
void add_convolution_gradients(const ConvolutionShape& shape, const ConvolutionPixels& pixels,
                               const std::uint32_t* spikes, std::size_t num_spikes,
                               const float* values, float* gradient);

}  // namespace saltus::kernels
