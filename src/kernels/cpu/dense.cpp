#include "kernels/cpu/dense.hpp"

#include <algorithm>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/dense.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

/// g++ 12 would otherwise compute the address of every vector of a row from a base of its own, one
/// more load for each addition.
HWY_INLINE void keep_as_one_pointer(const float*& pointer) {
#if HWY_COMPILER_GCC_ACTUAL
    asm("" : "+r"(pointer));
#else
    (void)pointer;
#endif
}

/// Sums selected rows over kVectors vectors of columns, held in registers.
template <int kVectors, class Index>
HWY_INLINE void sum_columns(const float* HWY_RESTRICT matrix, std::size_t stride,
                            const std::uint32_t* begin, const Index* index, std::size_t num_rows,
                            bool accumulate, float* HWY_RESTRICT out) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t row = 0; row < num_rows; ++row) {
        V sum[kVectors];
        float* target = out + row * stride;
#pragma GCC unroll 16
        for (int k = 0; k < kVectors; ++k) {
            sum[k] = accumulate ? hn::Load(d, target + static_cast<std::size_t>(k) * lanes)
                                : hn::Zero(d);
        }
        const Index* const end = index + begin[row + 1];
        for (const Index* spike = index + begin[row]; spike != end; ++spike) {
            const float* source = matrix + std::size_t{*spike} * stride;
            keep_as_one_pointer(source);
#pragma GCC unroll 16
            for (int k = 0; k < kVectors; ++k) {
                sum[k] = hn::Add(sum[k], hn::Load(d, source + static_cast<std::size_t>(k) * lanes));
            }
        }
#pragma GCC unroll 16
        for (int k = 0; k < kVectors; ++k) {
            hn::Store(sum[k], d, target + static_cast<std::size_t>(k) * lanes);
        }
    }
}

template <class Index>
HWY_INLINE void sum_all_columns(const float* matrix, std::size_t stride, const std::uint32_t* begin,
                                const Index* index, std::size_t num_rows, bool accumulate,
                                float* out) {
    const std::size_t lanes = hn::Lanes(D());
    std::size_t column = 0;
    const auto run = [&]<int kVectors>() HWY_ATTR {
        while (stride - column >= kVectors * lanes) {
            sum_columns<kVectors, Index>(matrix + column, stride, begin, index, num_rows,
                                         accumulate, out + column);
            column += kVectors * lanes;
        }
    };
    run.template operator()<16>();
    run.template operator()<8>();
    run.template operator()<4>();
    run.template operator()<2>();
    run.template operator()<1>();
}

void sum_rows_32(const float* matrix, std::size_t stride, const std::uint32_t* begin,
                 const std::uint32_t* index, std::size_t num_rows, bool accumulate, float* out) {
    sum_all_columns(matrix, stride, begin, index, num_rows, accumulate, out);
}

void sum_rows_16(const float* matrix, std::size_t stride, const std::uint32_t* begin,
                 const std::uint16_t* index, std::size_t num_rows, bool accumulate, float* out) {
    sum_all_columns(matrix, stride, begin, index, num_rows, accumulate, out);
}

HWY_INLINE V dot_vector(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b,
                        std::size_t count) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V even = hn::Zero(d);
    V odd = hn::Zero(d);
    std::size_t at = 0;
#pragma GCC unroll 4
    for (; at + 2 * lanes <= count; at += 2 * lanes) {
        even = hn::MulAdd(hn::Load(d, a + at), hn::Load(d, b + at), even);
        odd = hn::MulAdd(hn::Load(d, a + at + lanes), hn::Load(d, b + at + lanes), odd);
    }
    if (at < count) even = hn::MulAdd(hn::Load(d, a + at), hn::Load(d, b + at), even);
    return hn::Add(even, odd);
}

/// Rows whose products with a vector are formed together.
constexpr std::size_t kRowsAtOnce = 4;

#if HWY_TARGET == HWY_SCALAR || HWY_HAVE_SCALABLE
/// Four sums, one for each row.
struct Sums {
    explicit Sums(const float* values) { std::copy_n(values, kRowsAtOnce, sum); }
    HWY_INLINE void add(const V& v0, const V& v1, const V& v2, const V& v3) {
        const D d;
        sum[0] += hn::GetLane(hn::SumOfLanes(d, v0));
        sum[1] += hn::GetLane(hn::SumOfLanes(d, v1));
        sum[2] += hn::GetLane(hn::SumOfLanes(d, v2));
        sum[3] += hn::GetLane(hn::SumOfLanes(d, v3));
    }
    void store(float* values) const { std::copy_n(sum, kRowsAtOnce, values); }
    float sum[kRowsAtOnce];
};
#else
/// Adds up the blocks of four lanes of a vector.
template <class Tag, class Vector>
HWY_INLINE auto add_blocks(Tag d, Vector v) {
    if constexpr (hn::MaxLanes(d) > kRowsAtOnce) {
        const hn::Half<Tag> half;
        return add_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
    } else {
        return v;
    }
}

/// Four sums, one for each row, in one vector: three additions and as many exchanges of lanes for
/// what four sums on their own would take sixteen for.
struct Sums {
    using Four = hn::FixedTag<float, kRowsAtOnce>;
    HWY_INLINE explicit Sums(const float* values) : sum(hn::LoadU(Four(), values)) {}
    HWY_INLINE void add(const V& v0, const V& v1, const V& v2, const V& v3) {
        const D d;
        const hn::Repartition<double, D> pairs;
        const V v01 = hn::Add(hn::InterleaveLower(d, v0, v1), hn::InterleaveUpper(d, v0, v1));
        const V v23 = hn::Add(hn::InterleaveLower(d, v2, v3), hn::InterleaveUpper(d, v2, v3));
        const auto lower =
            hn::InterleaveLower(pairs, hn::BitCast(pairs, v01), hn::BitCast(pairs, v23));
        const auto upper =
            hn::InterleaveUpper(pairs, hn::BitCast(pairs, v01), hn::BitCast(pairs, v23));
        sum = hn::Add(sum, add_blocks(d, hn::Add(hn::BitCast(d, lower), hn::BitCast(d, upper))));
    }
    HWY_INLINE void store(float* values) const { hn::StoreU(sum, Four(), values); }
    hn::Vec<Four> sum;
};
#endif

/// values[k] += rows[k] . x for kRows rows and the columns from `first` to `end`, block by block.
template <std::size_t kRows>
HWY_INLINE void add_products(const float* const* rows, const float* x, std::size_t first,
                             std::size_t end, float (&values)[kRowsAtOnce]) {
    Sums sums(values);
    const auto add_block = [&](std::size_t at, std::size_t count) HWY_ATTR {
        // Those beyond are not read; they come with sums of the last row.
        const V v0 = dot_vector(rows[0] + at, x + at, count);
        const V v1 = kRows > 1 ? dot_vector(rows[1] + at, x + at, count) : v0;
        const V v2 = kRows > 2 ? dot_vector(rows[2] + at, x + at, count) : v1;
        const V v3 = kRows > 3 ? dot_vector(rows[3] + at, x + at, count) : v2;
        sums.add(v0, v1, v2, v3);
    };
    std::size_t at = first;
    // With a count that the compiler knows, nothing is left of the loops.
    for (; end - at >= kSumBlock; at += kSumBlock)
        add_block(at, kSumBlock);
    if (at < end) add_block(at, end - at);
    sums.store(values);
}

/// The same for the rows of a matrix that the next spikes name, all different; to the places of
/// their neurons.
template <std::size_t kRows>
HWY_INLINE void add_row_products(const float* matrix, std::size_t stride,
                                 const std::uint32_t* spike, const float* x, std::size_t first,
                                 std::size_t end, float* target) {
    const float* rows[kRows];
    float sums[kRowsAtOnce] = {};
    for (std::size_t j = 0; j < kRows; ++j) {
        rows[j] = matrix + spike[j] * stride;
        sums[j] = target[spike[j]];
    }
    add_products<kRows>(rows, x, first, end, sums);
    for (std::size_t j = 0; j < kRows; ++j)
        target[spike[j]] = sums[j];
}

/// How many of the next indices, at most kRowsAtOnce, come before one is repeated.
HWY_INLINE std::size_t count_distinct(const std::uint32_t* begin, const std::uint32_t* end) {
    const auto rest = static_cast<std::size_t>(end - begin);
    // Mostly they ascend.
    if (rest >= kRowsAtOnce && begin[0] < begin[1] && begin[1] < begin[2] && begin[2] < begin[3])
        return kRowsAtOnce;
    const std::size_t most = std::min(kRowsAtOnce, rest);
    std::size_t count = 1;
    while (count < most && std::find(begin, begin + count, begin[count]) == begin + count)
        ++count;
    return count;
}

void dot_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint32_t* index, std::size_t num_rows, const float* rows, float* out,
              std::size_t out_stride) {
    // So many columns of a matrix with a thousand rows stay in the second cache level while all
    // rows use them.
    constexpr std::size_t kTile = 4 * kSumBlock;
    for (std::size_t first = 0; first < stride; first += kTile) {
        const std::size_t end = std::min(first + kTile, stride);
        for (std::size_t row = 0; row < num_rows; ++row) {
            float* const target = out + row * out_stride;
            const float* const x = rows + row * stride;
            const std::uint32_t* spike = index + begin[row];
            const std::uint32_t* const last = index + begin[row + 1];
            while (spike != last) {
                const std::size_t count = count_distinct(spike, last);
                const auto add = [&]<std::size_t kRows>() HWY_ATTR {
                    add_row_products<kRows>(matrix, stride, spike, x, first, end, target);
                };
                switch (count) {
                    case 1:
                        add.template operator()<1>();
                        break;
                    case 2:
                        add.template operator()<2>();
                        break;
                    case 3:
                        add.template operator()<3>();
                        break;
                    default:
                        add.template operator()<kRowsAtOnce>();
                        break;
                }
                spike += count;
            }
        }
    }
}

/// The product over the block of columns that begins at `at`.
HWY_INLINE float dot_block(const float* a, const float* b, std::size_t at, std::size_t stride) {
    const V products = dot_vector(a + at, b + at, std::min(kSumBlock, stride - at));
    return hn::GetLane(hn::SumOfLanes(D(), products));
}

void multiply(const float* matrix, std::size_t stride, std::size_t num_rows, const float* x,
              double* out) {
    for (std::size_t row = 0; row < num_rows; ++row) {
        for (std::size_t at = 0; at < stride; at += kSumBlock) {
            const float product = dot_block(matrix + row * stride, x, at, stride);
            out[at / kSumBlock * num_rows + row] = static_cast<double>(product);
        }
    }
}

void combine_rows(const float* HWY_RESTRICT matrix, std::size_t stride, std::size_t num_rows,
                  const double* factors, bool accumulate, float* HWY_RESTRICT out) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t column = 0; column < stride; column += lanes) {
        V sum = accumulate ? hn::Load(d, out + column) : hn::Zero(d);
        for (std::size_t row = 0; row < num_rows; ++row) {
            sum = hn::MulAdd(hn::Set(d, static_cast<float>(factors[row])),
                             hn::Load(d, matrix + row * stride + column), sum);
        }
        hn::Store(sum, d, out + column);
    }
}

/// One row of add_combinations() over kVectors vectors of columns, held in registers.
template <int kVectors>
HWY_INLINE void add_combination(const float* HWY_RESTRICT matrix, std::size_t stride,
                                std::size_t num_rows, const float* HWY_RESTRICT factors,
                                float scale, float* HWY_RESTRICT out) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum[kVectors];
#pragma GCC unroll 8
    for (int k = 0; k < kVectors; ++k)
        sum[k] = hn::Load(d, out + static_cast<std::size_t>(k) * lanes);
    for (std::size_t row = 0; row < num_rows; ++row) {
        const float* source = matrix + row * stride;
        keep_as_one_pointer(source);
        const V factor = hn::Set(d, scale * factors[row]);
#pragma GCC unroll 8
        for (int k = 0; k < kVectors; ++k) {
            sum[k] = hn::MulAdd(factor, hn::Load(d, source + static_cast<std::size_t>(k) * lanes),
                                sum[k]);
        }
    }
#pragma GCC unroll 8
    for (int k = 0; k < kVectors; ++k)
        hn::Store(sum[k], d, out + static_cast<std::size_t>(k) * lanes);
}

void add_combinations(const float* matrix, std::size_t stride, std::size_t num_rows,
                      const float* factors, std::size_t factor_stride, std::size_t num_out,
                      float scale, float* out, std::size_t out_stride) {
    const std::size_t lanes = hn::Lanes(D());
    std::size_t column = 0;
    const auto run = [&]<int kVectors>() HWY_ATTR {
        for (; stride - column >= kVectors * lanes; column += kVectors * lanes) {
            for (std::size_t step = 0; step < num_out; ++step) {
                add_combination<kVectors>(matrix + column, stride, num_rows,
                                          factors + step * factor_stride, scale,
                                          out + step * out_stride + column);
            }
        }
    };
    run.template operator()<8>();
    run.template operator()<4>();
    run.template operator()<1>();
}

void add_outer(const double* factors, const float* HWY_RESTRICT x, std::size_t stride,
               std::size_t num_rows, float* HWY_RESTRICT matrix) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t row = 0; row < num_rows; ++row) {
        const V factor = hn::Set(d, static_cast<float>(factors[row]));
        float* target = matrix + row * stride;
        for (std::size_t column = 0; column < stride; column += lanes) {
            hn::Store(hn::MulAdd(factor, hn::Load(d, x + column), hn::Load(d, target + column)), d,
                      target + column);
        }
    }
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(sum_rows_32);
HWY_EXPORT(sum_rows_16);
HWY_EXPORT(dot_rows);
HWY_EXPORT(multiply);
HWY_EXPORT(combine_rows);
HWY_EXPORT(add_combinations);
HWY_EXPORT(add_outer);

void sum_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint32_t* index, std::size_t num_rows, bool accumulate, float* out) {
    HWY_DYNAMIC_DISPATCH(sum_rows_32)(matrix, stride, begin, index, num_rows, accumulate, out);
}

void sum_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint16_t* index, std::size_t num_rows, bool accumulate, float* out) {
    HWY_DYNAMIC_DISPATCH(sum_rows_16)(matrix, stride, begin, index, num_rows, accumulate, out);
}

void dot_rows(const float* matrix, std::size_t stride, const std::uint32_t* begin,
              const std::uint32_t* index, std::size_t num_rows, const float* rows, float* out,
              std::size_t out_stride) {
    HWY_DYNAMIC_DISPATCH(dot_rows)(matrix, stride, begin, index, num_rows, rows, out, out_stride);
}

void multiply(const float* matrix, std::size_t stride, std::size_t num_rows, const float* x,
              double* out) {
    HWY_DYNAMIC_DISPATCH(multiply)(matrix, stride, num_rows, x, out);
}

void combine_rows(const float* matrix, std::size_t stride, std::size_t num_rows,
                  const double* factors, bool accumulate, float* out) {
    HWY_DYNAMIC_DISPATCH(combine_rows)(matrix, stride, num_rows, factors, accumulate, out);
}

void add_combinations(const float* matrix, std::size_t stride, std::size_t num_rows,
                      const float* factors, std::size_t factor_stride, std::size_t num_out,
                      float scale, float* out, std::size_t out_stride) {
    HWY_DYNAMIC_DISPATCH(add_combinations)
    (matrix, stride, num_rows, factors, factor_stride, num_out, scale, out, out_stride);
}

void add_outer(const double* factors, const float* x, std::size_t stride, std::size_t num_rows,
               float* matrix) {
    HWY_DYNAMIC_DISPATCH(add_outer)(factors, x, stride, num_rows, matrix);
}

}  // namespace saltus::kernels
#endif
