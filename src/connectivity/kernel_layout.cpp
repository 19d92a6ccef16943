#include "connectivity/kernel_layout.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "connectivity/shapes.hpp"

namespace saltus {
namespace {

// 2 GiB of taps along one axis are a mistake rather than a model.
constexpr std::size_t kMaxTaps = 1U << 28U;

void require_inside(std::size_t num_inputs, const AxisWindow& window, const AxisPlace& place) {
    if (convolution_size(num_inputs, window) > 0) return;
    throw ModelError(place.where,
                     fmt::format("its {} spans {} {}, but there are {}", place.operation,
                                 window.extent(), place.axis, num_inputs),
                     fmt::format("make the {} smaller or its input larger", place.operation))
        .with("extent", std::to_string(window.extent()))
        .with("input", std::to_string(num_inputs));
}

void require_tractable(std::size_t num_taps, std::size_t num_inputs, const AxisPlace& place) {
    if (num_taps <= kMaxTaps) return;
    throw ModelError(place.where,
                     fmt::format("its {} looks at {} {} in {} ways", place.operation, num_inputs,
                                 place.axis, num_taps),
                     fmt::format("make it at most {}, by a smaller window", kMaxTaps));
}

}  // namespace

AxisTaps checked_convolution(std::size_t num_inputs, const AxisWindow& window,
                             const AxisPlace& place) {
    require_inside(num_inputs, window, place);
    require_tractable(convolution_size(num_inputs, window) * window.size, num_inputs, place);
    return convolution_taps(num_inputs, window);
}

AxisTaps checked_transposed(std::size_t num_inputs, const AxisWindow& window,
                            const AxisPlace& place) {
    require_tractable(num_inputs * window.size, num_inputs, place);
    return transposed_taps(num_inputs, window);
}

AxisTaps checked_pool(std::size_t num_inputs, const AxisWindow& window, const AxisPlace& place) {
    require_inside(num_inputs, window, place);
    require_tractable(convolution_size(num_inputs, window) * window.size, num_inputs, place);
    return pool_taps(num_inputs, window);
}

AxisTaps checked_pool_convolution(std::size_t num_inputs, const AxisWindow& pool,
                                  const AxisWindow& window, const AxisPlace& place) {
    const AxisTaps pools = checked_pool(num_inputs, pool, {place.where, "pool", place.axis});
    const AxisTaps behind = checked_convolution(
        pools.num_outputs, window, {place.where, place.operation, place.axis + " of pools"});
    require_tractable(pool.size * behind.taps.size(), num_inputs, place);
    return behind_pool(pools, behind);
}

KernelLayout layout_2d(Convolution convolution, Param2D kernel_size) {
    Convolution& c = convolution;
    c.out_rows = c.rows.num_outputs;
    c.out_columns = c.columns.num_outputs;
    c.kernel_rows = kernel_size.rows;
    c.kernel_columns = kernel_size.columns;
    KernelLayout layout;
    layout.output = Shape{c.out_rows, c.out_columns, c.out_channels};
    layout.kernel =
        c.output_channel_first
            ? Shape{c.kernel_rows, c.kernel_columns, c.out_channels, c.in_channels}
            : Shape{c.kernel_rows, c.kernel_columns, c.channels_in_group(), c.out_channels};
    layout.convolution = std::move(convolution);
    return layout;
}

std::span<const MatrixType> kernel_matrix_types(const InitValue& delay, bool is_toeplitz) {
    static constexpr std::array kTypes{MatrixType::kSparse, MatrixType::kProceduralKernelG,
                                       MatrixType::kToeplitz};
    if (!delay.is_constant()) return std::span(kTypes).first(1);
    return std::span(kTypes).first(is_toeplitz ? 3 : 2);
}

void connect_kernel(const Connectivity& connectivity, const KernelLayout& layout,
                    Population& target, bool flatten, const std::string& where) {
    require_value_shapes(connectivity.weight, connectivity.delay, layout.kernel, where);
    update_target_shape(target, layout.output, flatten, where);
}

ConnectivitySnippet kernel_snippet(const Connectivity& connectivity, KernelLayout layout,
                                   MatrixType matrix_type) {
    ConnectivitySnippet snippet;
    snippet.matrix_type = matrix_type;
    snippet.make_rows = [rows = std::make_shared<const ConvolutionRows>(
                             std::move(layout.convolution))](const RandomStream&) { return rows; };
    snippet.weight = connectivity.weight;
    snippet.delay = connectivity.delay;
    snippet.weight_shape = std::move(layout.kernel);
    return snippet;
}

}  // namespace saltus
