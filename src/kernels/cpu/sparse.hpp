#pragma once

#include <cstddef>
#include <cstdint>

namespace saltus::kernels {

/// The synapses of some rows: those of row r are number begin[r] to begin[r + 1] - 1. The k-th
/// reaches column post[k] with weight number weight[k], or number k where `weight` is null. Index
/// is std::uint16_t or std::uint32_t.
template <class Post, class Weight>
struct SparseRows {
    const std::size_t* begin;
    const Post* post;
    const Weight* weight;
};

/// out[s * out_stride + post] += weight for all synapses of the rows of step s,
/// index[step_begin[s] .. step_begin[s + 1]).
template <class Post, class Weight>
void scatter_rows(const SparseRows<Post, Weight>& rows, const float* weights,
                  const std::uint32_t* step_begin, const std::uint32_t* index,
                  std::size_t num_steps, float* out, std::size_t out_stride);

/// The weights of a row times the values at their columns.
template <class Post, class Weight>
float sparse_product(const SparseRows<Post, Weight>& rows, const float* weights, std::uint32_t row,
                     const float* values);

/// gradient[weight] += values[post] for the synapses of a row.
template <class Post, class Weight>
void gather_row(const SparseRows<Post, Weight>& rows, std::uint32_t row, const float* values,
                float* gradient);

}  // namespace saltus::kernels
