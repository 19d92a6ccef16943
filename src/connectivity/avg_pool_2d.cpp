#include <saltus/connectivity/avg_pool_2d.hpp>

#include <array>
#include <utility>

#include <saltus/network/connection.hpp>

#include "connectivity/arguments.hpp"
#include "connectivity/kernel_layout.hpp"
#include "connectivity/shapes.hpp"

namespace saltus {
namespace {

// A kernel of one position, which all synapses of a channel share.
KernelLayout layout_of(const AvgPool2D& pool, const Population& source, const std::string& where) {
    const Shape& input = require_source_shape(source, 3, "(rows, columns, channels)", where);
    const Window2D window{pool.pool_size(), pool.pool_strides(), pool.pool_padding()};
    Convolution convolution;
    convolution.rows = checked_pool(input[0], window.rows(), {where, "pool", "rows"});
    convolution.columns = checked_pool(input[1], window.columns(), {where, "pool", "columns"});
    convolution.in_channels = input[2];
    convolution.out_channels = input[2];
    convolution.groups = input[2];
    return layout_2d(std::move(convolution), 1);
}

}  // namespace

AvgPool2D::AvgPool2D(Param2D pool_size, bool flatten, std::optional<Param2D> pool_strides,
                     InitValue delay_value, Padding pool_padding)
    : Connectivity(1.0, std::move(delay_value)),
      pool_size_(require_size(pool_size, "AvgPool2D", "pool_size")),
      flatten_(flatten),
      pool_strides_(require_size(pool_strides.value_or(pool_size), "AvgPool2D", "pool_strides")),
      pool_padding_(pool_padding) {
    require_valid_delay("AvgPool2D");
}

void AvgPool2D::connect(Population& source, Population& target) const {
    const std::string where = connection_place(source, target);
    connect_kernel(*this, layout_of(*this, source, where), target, flatten_, where);
}

ConnectivitySnippet AvgPool2D::get_snippet(const Connection& connection,
                                           const SupportedMatrixType& supported_matrix_type) const {
    static constexpr std::array kTypes{MatrixType::kSparse, MatrixType::kProcedural};
    const MatrixType type = choose_matrix_type(
        connection, supported_matrix_type, std::span(kTypes).first(delay.is_constant() ? 2 : 1));
    ConnectivitySnippet snippet = kernel_snippet(
        *this, layout_of(*this, connection.source(), "Connection " + connection.name()), type);
    snippet.weight_scale = 1.0 / area(pool_size_);
    snippet.trainable = false;
    return snippet;
}

}  // namespace saltus
