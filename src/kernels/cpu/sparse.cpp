#include "kernels/cpu/sparse.hpp"

#include <bit>
#include <cstring>

namespace saltus::kernels {
namespace {

template <class Post, class Weight>
std::size_t weight_of(const SparseRows<Post, Weight>& rows, std::size_t synapse) {
    return rows.weight == nullptr ? synapse : rows.weight[synapse];
}

/// Synapses between two fetches: two lines of weights.
constexpr std::size_t kFetched = 32;
constexpr std::size_t kLine = 64;

template <class Number>
void fetch(const Number* numbers) {
    for (std::size_t byte = 0; byte < kFetched * sizeof(Number); byte += kLine)
        __builtin_prefetch(reinterpret_cast<const char*>(numbers) + byte);
}

/// Fetches what a row holds bit by bit: rows of neurons that spike lie anywhere in memory, and end
/// before the hardware has seen that they are read in order.
template <bool kNumbered, class Post, class Weight>
class RowFetch {
  public:
    RowFetch(const SparseRows<Post, Weight>& rows, const float* weights, std::uint32_t row)
        : rows_(rows), weights_(weights), at_(rows.begin[row]), end_(rows.begin[row + 1]) {}

    void next() {
        if (at_ >= end_) return;
        fetch(rows_.post + at_);
        if constexpr (kNumbered) {
            fetch(rows_.weight + at_);
        } else {
            fetch(weights_ + at_);
        }
        at_ += kFetched;
    }

    void rest() {
        while (at_ < end_)
            next();
    }

  private:
    const SparseRows<Post, Weight>& rows_;
    const float* weights_;
    std::size_t at_;
    std::size_t end_;
};

/// Adds the weights of kCount synapses, a multiple of four. A row may reach a column more than
/// once, so that one addition follows the other; most do not wait for each other's stores all the
/// same.
template <bool kNumbered, std::size_t kCount, class Post, class Weight>
[[gnu::always_inline]] inline void scatter_some(const Post* post, const Weight* weight,
                                                const float* weights, float* out) {
    const auto add = [&](std::size_t column, std::size_t k) {
        out[column] += weights[kNumbered ? std::size_t{weight[k]} : k];
    };
    if constexpr (sizeof(Post) == 2 && std::endian::native == std::endian::little) {
        // Four columns with one load, of which there are three in every cycle.
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kCount; k += 4) {
            std::uint64_t four = 0;
            std::memcpy(&four, post + k, sizeof(four));
            add(four & 0xFFFF, k);
            add(four >> 16 & 0xFFFF, k + 1);
            add(four >> 32 & 0xFFFF, k + 2);
            add(four >> 48, k + 3);
        }
    } else {
#pragma GCC unroll 32
        for (std::size_t k = 0; k < kCount; ++k)
            add(post[k], k);
    }
}

/// @param next the row that is wanted afterwards.
template <bool kNumbered, class Post, class Weight>
void scatter_row(const SparseRows<Post, Weight>& rows, const float* weights, std::uint32_t row,
                 std::uint32_t next, float* out) {
    RowFetch<kNumbered, Post, Weight> fetched(rows, weights, next);
    std::size_t k = rows.begin[row];
    const std::size_t end = rows.begin[row + 1];
    const auto add = [&]<std::size_t kCount>() {
        for (; k + kCount <= end; k += kCount) {
            if (kCount == kFetched) fetched.next();
            scatter_some<kNumbered, kCount>(rows.post + k, kNumbered ? rows.weight + k : nullptr,
                                            kNumbered ? weights : weights + k, out);
        }
    };
    add.template operator()<kFetched>();
    fetched.rest();
    add.template operator()<4>();
    for (; k < end; ++k)
        out[rows.post[k]] += weights[kNumbered ? std::size_t{rows.weight[k]} : k];
}

template <bool kNumbered, class Post, class Weight>
void scatter_step(const SparseRows<Post, Weight>& rows, const float* weights,
                  const std::uint32_t* index, std::size_t count, float* out) {
    for (std::size_t k = 0; k < count; ++k)
        scatter_row<kNumbered>(rows, weights, index[k], index[k + 1 < count ? k + 1 : k], out);
}

}  // namespace

template <class Post, class Weight>
void scatter_rows(const SparseRows<Post, Weight>& rows, const float* weights,
                  const std::uint32_t* step_begin, const std::uint32_t* index,
                  std::size_t num_steps, float* out, std::size_t out_stride) {
    for (std::size_t step = 0; step < num_steps; ++step, out += out_stride) {
        const std::uint32_t* const spikes = index + step_begin[step];
        const std::size_t count = step_begin[step + 1] - step_begin[step];
        if (rows.weight == nullptr) {
            scatter_step<false>(rows, weights, spikes, count, out);
        } else {
            scatter_step<true>(rows, weights, spikes, count, out);
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
