#include <saltus/connectivity/conv_1d.hpp>

#include <utility>

#include <saltus/network/connection.hpp>

#include "connectivity/arguments.hpp"
#include "connectivity/kernel_layout.hpp"
#include "connectivity/shapes.hpp"

namespace saltus {
namespace {

// One row of a two-dimensional convolution.
KernelLayout layout_of(const Conv1D& conv, const Population& source, const std::string& where) {
    const Shape& input = require_source_shape(source, 2, "(length, channels)", where);
    require_channel_groups(source, input[1], conv.groups(), where);
    const AxisWindow window{conv.conv_size(), conv.conv_stride(), conv.conv_padding(),
                            conv.dilation()};
    Convolution convolution;
    convolution.rows = convolution_taps(1, AxisWindow());
    convolution.columns =
        checked_convolution(input[0], window, {where, "convolution", "positions"});
    convolution.in_channels = input[1];
    convolution.out_channels = conv.filters();
    convolution.groups = conv.groups();
    KernelLayout layout = layout_2d(std::move(convolution), {1, conv.conv_size()});
    layout.output = Shape{layout.output[1], layout.output[2]};
    layout.kernel = Shape{layout.kernel[1], layout.kernel[2], layout.kernel[3]};
    return layout;
}

}  // namespace

Conv1D::Conv1D(InitValue weight_value, std::size_t filters, std::size_t conv_size, bool flatten,
               std::size_t conv_stride, Padding conv_padding, InitValue delay_value,
               std::size_t dilation, std::size_t groups)
    : Connectivity(std::move(weight_value), std::move(delay_value)),
      filters_(require_size(filters, "Conv1D", "filters")),
      conv_size_(require_size(conv_size, "Conv1D", "conv_size")),
      flatten_(flatten),
      conv_stride_(require_size(conv_stride, "Conv1D", "conv_stride")),
      conv_padding_(conv_padding),
      dilation_(require_size(dilation, "Conv1D", "dilation")),
      groups_(groups) {
    require_groups(filters, groups, "Conv1D");
    weight.require_finite("Conv1D", "weight");
    require_valid_delay("Conv1D");
}

void Conv1D::connect(Population& source, Population& target) const {
    const std::string where = connection_place(source, target);
    connect_kernel(*this, layout_of(*this, source, where), target, flatten_, where);
}

ConnectivitySnippet Conv1D::get_snippet(const Connection& connection,
                                        const SupportedMatrixType& supported_matrix_type) const {
    const bool is_toeplitz = conv_stride_ == 1 && dilation_ == 1;
    const MatrixType type = choose_matrix_type(connection, supported_matrix_type,
                                               kernel_matrix_types(delay, is_toeplitz));
    return kernel_snippet(
        *this, layout_of(*this, connection.source(), "Connection " + connection.name()), type);
}

}  // namespace saltus
