#include "connectivity/convolution_rows.hpp"

#include <utility>

namespace saltus {

ConvolutionRows::ConvolutionRows(Convolution convolution)
    : SynapseRows(convolution.rows.num_inputs() * convolution.columns.num_inputs() *
                      convolution.in_channels,
                  convolution.out_rows * convolution.out_columns * convolution.out_channels),
      convolution_(std::move(convolution)) {}

void ConvolutionRows::row(std::size_t pre, std::vector<RowSynapse>& synapses) const {
    const Convolution& c = convolution_;
    const std::size_t channel = pre % c.in_channels;
    const std::size_t column = pre / c.in_channels % c.columns.num_inputs();
    const std::size_t row = pre / c.in_channels / c.columns.num_inputs();
    const std::size_t in_group = c.channels_in_group();
    const std::size_t out_group = c.out_channels / c.groups;
    const std::size_t first_out = channel / in_group * out_group;
    synapses.clear();
    for (std::size_t i = c.rows.begin[row]; i < c.rows.begin[row + 1]; ++i) {
        for (std::size_t j = c.columns.begin[column]; j < c.columns.begin[column + 1]; ++j) {
            const Tap& vertical = c.rows.taps[i];
            const Tap& horizontal = c.columns.taps[j];
            const std::size_t position = vertical.kernel * c.kernel_columns + horizontal.kernel;
            const std::size_t pixel = vertical.out * c.out_columns + horizontal.out;
            for (std::size_t out = first_out; out < first_out + out_group; ++out) {
                const std::size_t element =
                    c.output_channel_first
                        ? (position * c.out_channels + out) * c.in_channels + channel
                        : (position * in_group + channel % in_group) * c.out_channels + out;
                synapses.push_back(
                    {static_cast<std::uint32_t>(pixel * c.out_channels + out), element});
            }
        }
    }
}

}  // namespace saltus
