#pragma once

#include <saltus/network/synapse_rows.hpp>

#include "connectivity/axis_taps.hpp"

namespace saltus {

/// What a convolution-like connectivity is made of. Neurons are [row][column][channel].
struct Convolution {
    AxisTaps rows;     ///< along the rows of the input
    AxisTaps columns;  ///< along its columns
    std::size_t out_rows = 0;
    std::size_t out_columns = 0;
    std::size_t in_channels = 0;
    std::size_t out_channels = 0;
    std::size_t kernel_rows = 0;
    std::size_t kernel_columns = 0;
    /// Input channels are cut into so many groups, each of which reaches only its part of the
    /// output channels.
    std::size_t groups = 1;
    /// Elements are [kernel row][kernel column][input channel of the group][output channel], or
    /// [kernel row][kernel column][output channel][input channel] when this is set, which goes
    /// with one group.
    bool output_channel_first = false;

    std::size_t channels_in_group() const { return in_channels / groups; }
    std::size_t num_elements() const {
        return kernel_rows * kernel_columns * channels_in_group() * out_channels;
    }
};

/// Rows whose synapses share the weights of a kernel.
class ConvolutionRows : public SynapseRows {
  public:
    explicit ConvolutionRows(Convolution convolution);
    std::optional<std::size_t> num_elements() const override { return convolution_.num_elements(); }
    void row(std::size_t pre, std::vector<RowSynapse>& synapses) const override;
    const Convolution& convolution() const { return convolution_; }

  private:
    Convolution convolution_;
};

}  // namespace saltus
