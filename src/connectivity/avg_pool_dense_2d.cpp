#include <saltus/connectivity/avg_pool_dense_2d.hpp>

#include <array>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/arguments.hpp"
#include "connectivity/dense_rows.hpp"
#include "connectivity/kernel_layout.hpp"
#include "connectivity/shapes.hpp"

namespace saltus {
namespace {

struct Pools {
    AxisTaps rows;
    AxisTaps columns;
    std::size_t channels;

    std::size_t size() const { return rows.num_outputs * columns.num_outputs * channels; }
};

Pools pools_of(const AvgPoolDense2D& dense, const Population& source, const std::string& where) {
    const Shape& input = require_source_shape(source, 3, "(rows, columns, channels)", where);
    const Window2D window{dense.pool_size(), dense.pool_strides()};
    return {checked_pool(input[0], window.rows(), {where, "pool", "rows"}),
            checked_pool(input[1], window.columns(), {where, "pool", "columns"}), input[2]};
}

// The size that the weights give the target, or that it has.
std::optional<std::size_t> target_size(const InitValue& weight, const Population& target) {
    if (target.has_shape()) return target.size();
    if (weight.is_array() && weight.array().shape.rank() == 2) return weight.array().shape[1];
    return std::nullopt;
}

}  // namespace

AvgPoolDense2D::AvgPoolDense2D(InitValue weight_value, Param2D pool_size,
                               std::optional<Param2D> pool_strides, InitValue delay_value)
    : Connectivity(std::move(weight_value), std::move(delay_value)),
      pool_size_(require_size(pool_size, "AvgPoolDense2D", "pool_size")),
      pool_strides_(
          require_size(pool_strides.value_or(pool_size), "AvgPoolDense2D", "pool_strides")) {
    weight.require_finite("AvgPoolDense2D", "weight");
    require_valid_delay("AvgPoolDense2D");
}

void AvgPoolDense2D::connect(Population& source, Population& target) const {
    const std::string where = connection_place(source, target);
    const std::size_t num_pools = pools_of(*this, source, where).size();
    const std::optional<std::size_t> num_post = target_size(weight, target);
    if (!num_post && !weight.is_array()) return;
    if (!num_post) {
        throw ModelError(where,
                         fmt::format("weights of shape {} have {} axes",
                                     to_string(weight.array().shape), weight.array().shape.rank()),
                         fmt::format("give weights of shape ({}, target size)", num_pools))
            .with("weight_shape", to_string(weight.array().shape))
            .unsupported();
    }
    require_value_shapes(weight, delay, Shape{num_pools, *num_post}, where);
    if (!target.has_shape()) target.set_shape(Shape{*num_post});
}

ConnectivitySnippet AvgPoolDense2D::get_snippet(
    const Connection& connection, const SupportedMatrixType& supported_matrix_type) const {
    const std::string where = "Connection " + connection.name();
    Pools pools = pools_of(*this, connection.source(), where);
    ConnectivitySnippet snippet;
    snippet.weight_shape = Shape{pools.size(), connection.target().size()};
    // The target may have got its shape from a later connection.
    require_value_shapes(weight, delay, snippet.weight_shape, where);
    snippet.matrix_type =
        choose_matrix_type(connection, supported_matrix_type, std::array{MatrixType::kDense});
    const std::size_t pooled_rows = pools.rows.num_outputs;
    const std::size_t pooled_columns = pools.columns.num_outputs;
    auto rows = std::make_shared<const PooledDenseRows>(
        std::move(pools.rows), std::move(pools.columns), pooled_rows, pooled_columns,
        pools.channels, connection.target().size());
    snippet.make_rows = [rows = std::move(rows)](const RandomStream&) { return rows; };
    snippet.weight = weight;
    snippet.delay = delay;
    snippet.weight_scale = 1.0 / area(pool_size_);
    return snippet;
}

}  // namespace saltus
