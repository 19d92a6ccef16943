#pragma once

#include <span>
#include <string>

#include <saltus/connectivity/param_2d.hpp>
#include <saltus/network/connectivity.hpp>
#include <saltus/network/population.hpp>

#include "connectivity/convolution_rows.hpp"

namespace saltus {

/// A convolution from a source of known shape, and its shapes as the user sees them.
struct KernelLayout {
    Convolution convolution;
    Shape output;  ///< of the target, when that is not flat
    Shape kernel;  ///< of the weights
};

/// Windows along rows and columns.
struct Window2D {
    Param2D size = 1;
    Param2D stride = 1;
    PadMode padding = PadMode::kValid;
    Param2D dilation = 1;

    AxisWindow rows() const { return {size.rows, stride.rows, padding, dilation.rows}; }
    AxisWindow columns() const { return {size.columns, stride.columns, padding, dilation.columns}; }
};

/// Number of neurons in a pool.
inline double area(Param2D pool) {
    return static_cast<double>(pool.rows) * static_cast<double>(pool.columns);
}

/// What errors say about an axis: where it is and what is done along it.
struct AxisPlace {
    std::string where;      ///< "Connection a->b"
    std::string operation;  ///< "convolution", "pool"
    std::string axis;       ///< "rows", "columns", "positions"
};

/// The taps of a convolution, a transposed one, or a pool.
/// @throws ModelError when the window is larger than its input, or when there are more than 2^28.
AxisTaps checked_convolution(std::size_t num_inputs, const AxisWindow& window,
                             const AxisPlace& place);
AxisTaps checked_transposed(std::size_t num_inputs, const AxisWindow& window,
                            const AxisPlace& place);
AxisTaps checked_pool(std::size_t num_inputs, const AxisWindow& window, const AxisPlace& place);
/// The taps of a convolution behind a pool.
AxisTaps checked_pool_convolution(std::size_t num_inputs, const AxisWindow& pool,
                                  const AxisWindow& window, const AxisPlace& place);

/// The layout of neurons [row][column][channel] on both sides: `convolution` has its taps, channels
/// and groups, and gets its sizes.
KernelLayout layout_2d(Convolution convolution, Param2D kernel_size);

/// The matrix types that weights of a kernel offer. Where delays differ, every synapse has its own.
/// @param is_toeplitz whether every row is that of its neighbour, shifted.
std::span<const MatrixType> kernel_matrix_types(const InitValue& delay, bool is_toeplitz);

/// Checks arrays and the target against a layout and gives the target its shape.
/// @throws ModelError naming `where` and the shapes that do not fit.
void connect_kernel(const Connectivity& connectivity, const KernelLayout& layout,
                    Population& target, bool flatten, const std::string& where);

/// What a compiler gets to know of a layout.
ConnectivitySnippet kernel_snippet(const Connectivity& connectivity, KernelLayout layout,
                                   MatrixType matrix_type);

}  // namespace saltus
