#include <saltus/connectivity/avg_pool_conv_2d.hpp>

#include <utility>

#include <saltus/network/connection.hpp>

#include "connectivity/arguments.hpp"
#include "connectivity/kernel_layout.hpp"
#include "connectivity/shapes.hpp"

namespace saltus {
namespace {

KernelLayout layout_of(const AvgPoolConv2D& both, const Population& source,
                       const std::string& where) {
    const Shape& input = require_source_shape(source, 3, "(rows, columns, channels)", where);
    const Window2D pool{both.pool_size(), both.pool_strides()};
    const Window2D window{both.conv_size(), both.conv_strides(), both.conv_padding()};
    Convolution convolution;
    convolution.rows = checked_pool_convolution(input[0], pool.rows(), window.rows(),
                                                {where, "convolution", "rows"});
    convolution.columns = checked_pool_convolution(input[1], pool.columns(), window.columns(),
                                                   {where, "convolution", "columns"});
    convolution.in_channels = input[2];
    convolution.out_channels = both.filters();
    return layout_2d(std::move(convolution), both.conv_size());
}

}  // namespace

AvgPoolConv2D::AvgPoolConv2D(InitValue weight_value, std::size_t filters, Param2D pool_size,
                             Param2D conv_size, bool flatten, std::optional<Param2D> pool_strides,
                             std::optional<Param2D> conv_strides, Padding conv_padding,
                             InitValue delay_value)
    : Connectivity(std::move(weight_value), std::move(delay_value)),
      filters_(require_size(filters, "AvgPoolConv2D", "filters")),
      pool_size_(require_size(pool_size, "AvgPoolConv2D", "pool_size")),
      conv_size_(require_size(conv_size, "AvgPoolConv2D", "conv_size")),
      flatten_(flatten),
      pool_strides_(
          require_size(pool_strides.value_or(pool_size), "AvgPoolConv2D", "pool_strides")),
      conv_strides_(require_size(conv_strides.value_or(1), "AvgPoolConv2D", "conv_strides")),
      conv_padding_(conv_padding) {
    weight.require_finite("AvgPoolConv2D", "weight");
    require_valid_delay("AvgPoolConv2D");
}

void AvgPoolConv2D::connect(Population& source, Population& target) const {
    const std::string where = connection_place(source, target);
    connect_kernel(*this, layout_of(*this, source, where), target, flatten_, where);
}

ConnectivitySnippet AvgPoolConv2D::get_snippet(
    const Connection& connection, const SupportedMatrixType& supported_matrix_type) const {
    const bool is_toeplitz = pool_strides_ == Param2D(1) && conv_strides_ == Param2D(1);
    const MatrixType type = choose_matrix_type(connection, supported_matrix_type,
                                               kernel_matrix_types(delay, is_toeplitz));
    ConnectivitySnippet snippet = kernel_snippet(
        *this, layout_of(*this, connection.source(), "Connection " + connection.name()), type);
    snippet.weight_scale = 1.0 / area(pool_size_);
    return snippet;
}

}  // namespace saltus
