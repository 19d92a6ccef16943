#include "kernels/cpu/sparse.hpp"

namespace saltus::kernels {
namespace {

template <class Post, class Weight>
std::size_t weight_of(const SparseRows<Post, Weight>& rows, std::size_t synapse) {
    return rows.weight == nullptr ? synapse : rows.weight[synapse];
}

/// Synapses that are worked on together: their loads do not wait for each other's stores, which
/// the compiler could not know, since columns of a row could be the same.
constexpr std::size_t kUnroll = 8;

template <bool kNumbered, class Post, class Weight>
void scatter_row(const SparseRows<Post, Weight>& rows, const float* weights, std::uint32_t row,
                 float* out) {
    std::size_t k = rows.begin[row];
    const std::size_t end = rows.begin[row + 1];
    const auto add = [&](std::size_t synapse) {
        const std::size_t weight = kNumbered ? rows.weight[synapse] : synapse;
        out[rows.post[synapse]] += weights[weight];
    };
    for (; k + kUnroll <= end; k += kUnroll) {
        for (std::size_t j = 0; j < kUnroll; ++j)
            add(k + j);
    }
    for (; k < end; ++k)
        add(k);
}

}  // namespace

template <class Post, class Weight>
void scatter_rows(const SparseRows<Post, Weight>& rows, const float* weights,
                  const std::uint32_t* step_begin, const std::uint32_t* index,
                  std::size_t num_steps, float* out, std::size_t out_stride) {
    for (std::size_t step = 0; step < num_steps; ++step, out += out_stride) {
        for (std::uint32_t spike = step_begin[step]; spike < step_begin[step + 1]; ++spike) {
            if (rows.weight == nullptr) {
                scatter_row<false>(rows, weights, index[spike], out);
            } else {
                scatter_row<true>(rows, weights, index[spike], out);
            }
        }
    }
}

template <class Post, class Weight>
float sparse_product(const SparseRows<Post, Weight>& rows, const float* weights, std::uint32_t row,
                     const float* values) {
    // Several sums, since each addition would otherwise wait for the one before.
    float sums[4] = {};
    std::size_t k = rows.begin[row];
    const std::size_t end = rows.begin[row + 1];
    for (; k + 4 <= end; k += 4) {
        for (std::size_t j = 0; j < 4; ++j)
            sums[j] += weights[weight_of(rows, k + j)] * values[rows.post[k + j]];
    }
    for (std::size_t j = 0; k < end; ++k, ++j)
        sums[j] += weights[weight_of(rows, k)] * values[rows.post[k]];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template <class Post, class Weight>
void gather_row(const SparseRows<Post, Weight>& rows, std::uint32_t row, const float* values,
                float* gradient) {
    for (std::size_t k = rows.begin[row]; k < rows.begin[row + 1]; ++k)
        gradient[weight_of(rows, k)] += values[rows.post[k]];
}

#define SALTUS_INSTANTIATE(Post, Weight)                                                        \
    template void scatter_rows(const SparseRows<Post, Weight>&, const float*,                   \
                               const std::uint32_t*, const std::uint32_t*, std::size_t, float*, \
                               std::size_t);                                                    \
    template float sparse_product(const SparseRows<Post, Weight>&, const float*, std::uint32_t, \
                                  const float*);                                                \
    template void gather_row(const SparseRows<Post, Weight>&, std::uint32_t, const float*, float*);
SALTUS_INSTANTIATE(std::uint16_t, std::uint16_t)
SALTUS_INSTANTIATE(std::uint16_t, std::uint32_t)
SALTUS_INSTANTIATE(std::uint32_t, std::uint16_t)
SALTUS_INSTANTIATE(std::uint32_t, std::uint32_t)
#undef SALTUS_INSTANTIATE

}  // namespace saltus::kernels
