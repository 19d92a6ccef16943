#include <saltus/connectivity/conv_2d.hpp>

#include <utility>

#include <saltus/network/connection.hpp>

#include "connectivity/arguments.hpp"
#include "connectivity/kernel_layout.hpp"
#include "connectivity/shapes.hpp"

namespace saltus {
namespace {

KernelLayout layout_of(const Conv2D& conv, const Population& source, const std::string& where) {
    const Shape& input = require_source_shape(source, 3, "(rows, columns, channels)", where);
    require_channel_groups(source, input[2], conv.groups(), where);
    const Window2D window{conv.conv_size(), conv.conv_strides(), conv.conv_padding(),
                          conv.dilation()};
    Convolution convolution;
    convolution.rows = checked_convolution(input[0], window.rows(), {where, "convolution", "rows"});
    convolution.columns =
        checked_convolution(input[1], window.columns(), {where, "convolution", "columns"});
    convolution.in_channels = input[2];
    convolution.out_channels = conv.filters();
    convolution.groups = conv.groups();
    return layout_2d(std::move(convolution), conv.conv_size());
}

}  // namespace

Conv2D::Conv2D(InitValue weight_value, std::size_t filters, Param2D conv_size, bool flatten,
               std::optional<Param2D> conv_strides, Padding conv_padding, InitValue delay_value,
               Param2D dilation, std::size_t groups)
    : Connectivity(std::move(weight_value), std::move(delay_value)),
      filters_(require_size(filters, "Conv2D", "filters")),
      conv_size_(require_size(conv_size, "Conv2D", "conv_size")),
      flatten_(flatten),
      conv_strides_(require_size(conv_strides.value_or(1), "Conv2D", "conv_strides")),
      conv_padding_(conv_padding),
      dilation_(require_size(dilation, "Conv2D", "dilation")),
      groups_(groups) {
    require_groups(filters, groups, "Conv2D");
    weight.require_finite("Conv2D", "weight");
    require_valid_delay("Conv2D");
}

void Conv2D::connect(Population& source, Population& target) const {
    const std::string where = connection_place(source, target);
    connect_kernel(*this, layout_of(*this, source, where), target, flatten_, where);
}

ConnectivitySnippet Conv2D::get_snippet(const Connection& connection,
                                        const SupportedMatrixType& supported_matrix_type) const {
    const bool is_toeplitz = conv_strides_ == Param2D(1) && dilation_ == Param2D(1);
    const MatrixType type = choose_matrix_type(connection, supported_matrix_type,
                                               kernel_matrix_types(delay, is_toeplitz));
    return kernel_snippet(
        *this, layout_of(*this, connection.source(), "Connection " + connection.name()), type);
}

}  // namespace saltus
