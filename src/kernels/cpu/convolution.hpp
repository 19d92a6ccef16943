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

/// Adds the values where a spike's weights arrive to the weights' gradients.
void add_convolution_gradient(const ConvolutionShape& shape, std::uint32_t spike,
                              const float* values, float* gradient);

}  // namespace saltus::kernels
