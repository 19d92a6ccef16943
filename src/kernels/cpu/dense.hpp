#pragma once

#include <cstddef>
#include <cstdint>

namespace saltus::kernels {

/// Rows of all matrices are padded to a multiple of this many floats and aligned to it.
inline constexpr std::size_t kRowPadding = 16;

/// Floats of a row with so many columns. Rows at distances of 2 KiB or a multiple would meet in a
/// few sets of the caches, which then hold a fraction of them; one more line moves each row on.
inline std::size_t row_stride(std::size_t columns) {
    constexpr std::size_t kColliding = 512;
    const std::size_t padded = (columns + kRowPadding - 1) / kRowPadding * kRowPadding;
    return padded != 0 && padded % kColliding == 0 ? padded + kRowPadding : padded;
}

/// Sums over the columns of a row are taken over blocks of so many columns, which are then added in
/// their order: a matrix cut into matrices of whole blocks gives the same bits.
inline constexpr std::size_t kSumBlock = 64;

/// out[r] (+)= sum of matrix[index[k]] for k in [begin[r], begin[r + 1]), for `num_rows` rows of
/// `stride` floats. Forward propagation sums weight rows of spikes; the gradient of a weight row
/// sums adjoint rows. The order of summation is that of the indices.
void sum_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint32_t* index, std::size_t num_rows, bool accumulate, float* out);
/// The same with indices of 16 bits, which leave more of the first cache level to the rows.
void sum_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint16_t* index, std::size_t num_rows, bool accumulate, float* out);

/// out[r * out_stride + index[k]] += matrix[index[k]] . rows[r] for k in [begin[r], begin[r + 1]):
/// the feedback of row r's adjoints to the spikes that reached it.
void dot_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint32_t* index, std::size_t num_rows, const float* rows, float* out,
              std::size_t out_stride);

/// Blocks of columns of a row.
inline std::size_t num_sum_blocks(std::size_t stride) {
    return (stride + kSumBlock - 1) / kSumBlock;
}

/// out[b * num_rows + k] = matrix[k] . x over block b of the columns, for `num_rows` rows.
void multiply(const float* matrix, std::size_t stride, std::size_t num_rows, const float* x,
              double* out);

/// out (+)= sum over k of factors[k] matrix[k], `num_rows` rows of `stride` floats.
void combine_rows(const float* matrix, std::size_t stride, std::size_t num_rows,
                  const double* factors, bool accumulate, float* out);

/// out[s] += scale * sum over k of factors[s][k] matrix[k], for `num_out` rows of `factors` and out
/// and `num_rows` rows of `stride` floats.
void add_combinations(const float* matrix, std::size_t stride, std::size_t num_rows,
                      const float* factors, std::size_t factor_stride, std::size_t num_out,
                      float scale, float* out, std::size_t out_stride);

/// matrix[k] += factors[k] x, for `num_rows` rows of `stride` floats.
void add_outer(const double* factors, const float* x, std::size_t stride, std::size_t num_rows,
               float* matrix);

}  // namespace saltus::kernels
