#include "backend/exact/linear_flow.hpp"

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/exact/series.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saltus::HWY_NAMESPACE {

constexpr std::size_t kLanes = LinearFlow::kLanes;
constexpr std::size_t kMost = LinearFlow::kMostDimensions;

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, kLanes>;
using V = hn::Vec<D>;

/// The numbers of the neurons of one vector, of kDimension dimensions or, when that is 0, of as
/// many as the flow has: with a constant, all stay in registers.
template <std::size_t kDimension>
struct Numbers {
    static constexpr std::size_t kSize = kDimension == 0 ? kMost : kDimension;

    Numbers(const LinearFlow& flow, std::size_t first)
        : n(kDimension == 0 ? flow.dimension : kDimension) {
        const D d;
        for (std::size_t k = 0; k < n * n; ++k)
            matrix[k] = hn::LoadU(d, flow.whole_matrix.data() + k * flow.padded + first);
    }

    std::size_t n;
    V matrix[kSize * kSize];
};

/// y after h for the neurons of one vector from `first` on.
template <std::size_t kDimension, bool kCrosses>
HWY_INLINE void advance_vector(const LinearFlow& flow, double h, std::size_t terms,
                               std::size_t first, const double* HWY_RESTRICT y,
                               double* HWY_RESTRICT out, unsigned char* may_spike) {
    constexpr std::size_t kSize = Numbers<kDimension>::kSize;
    const D d;
    const std::size_t padded = flow.padded;
    const Numbers<kDimension> numbers(flow, first);
    const std::size_t n = kDimension == 0 ? numbers.n : kDimension;
    V term[kSize];
    V sum[kSize];
    V next[kSize];
    V crossing[kSize];
    const V zero = hn::Zero(d);
    V bound = zero;
    V rise1 = zero;
    V rise2 = zero;
    if constexpr (kCrosses) bound = hn::LoadU(d, flow.crossing_offset.data() + first);
    for (std::size_t a = 0; a < n; ++a) {
        term[a] = sum[a] = hn::LoadU(d, y + a * padded + first);
        if constexpr (kCrosses) {
            crossing[a] = hn::LoadU(d, flow.whole_crossing.data() + a * padded + first);
            bound = hn::MulAdd(crossing[a], term[a], bound);
        }
    }
    for (std::size_t m = 1; m <= terms; ++m) {
        const V factor = hn::Set(d, h * flow.inverse(m));
        for (std::size_t a = 0; a < n; ++a) {
            next[a] = m == 1 ? hn::LoadU(d, flow.whole_offset.data() + a * padded + first) : zero;
            for (std::size_t b = 0; b < n; ++b)
                next[a] = hn::MulAdd(numbers.matrix[a * n + b], term[b], next[a]);
        }
        V rise = zero;
        for (std::size_t a = 0; a < n; ++a) {
            term[a] = hn::Mul(factor, next[a]);
            sum[a] = hn::Add(sum[a], term[a]);
            if constexpr (kCrosses) rise = hn::MulAdd(crossing[a], term[a], rise);
        }
        if constexpr (kCrosses) {
            if (m == 1) {
                rise1 = rise;
            } else if (m == 2) {
                rise2 = rise;
            } else {
                bound = hn::Add(bound, hn::Max(rise, zero));
            }
        }
    }
    for (std::size_t a = 0; a < n; ++a)
        hn::StoreU(sum[a], d, out + a * padded + first);
    if constexpr (kCrosses) {
        // No trajectory rises above the greatest value of its first two terms plus the rising ones
        // of all others: where 2 rise2 < -rise1 < 0 the former lies inside, otherwise at an end.
        const V half = hn::Mul(hn::Set(d, -0.5), rise1);
        const auto inside = hn::And(hn::Lt(rise2, half), hn::Gt(rise1, zero));
        const V top = hn::Div(hn::Mul(half, rise1), hn::Add(rise2, rise2));
        const V ends = hn::Max(hn::Add(rise1, rise2), zero);
        bound = hn::Add(bound, hn::IfThenElse(inside, top, ends));
        // A margin for rounding.
        HWY_ALIGN double bounds[kLanes];
        hn::StoreU(bound, d, bounds);
        for (std::size_t k = 0; k < hn::Lanes(d); ++k)
            may_spike[first + k] = bounds[k] > -1e-12 ? 1 : 0;
    }
}

template <std::size_t kDimension>
void advance_all(const LinearFlow& flow, double h, std::size_t terms, const double* y, double* out,
                 unsigned char* may_spike) {
    const std::size_t lanes = hn::Lanes(D());
    for (std::size_t first = 0; first < flow.padded; first += lanes) {
        if (may_spike != nullptr) {
            advance_vector<kDimension, true>(flow, h, terms, first, y, out, may_spike);
        } else {
            advance_vector<kDimension, false>(flow, h, terms, first, y, out, nullptr);
        }
    }
}

void advance(const LinearFlow& flow, double h, std::size_t terms, const double* y, double* out,
             unsigned char* may_spike) {
    switch (flow.dimension) {
        case 2:
            return advance_all<2>(flow, h, terms, y, out, may_spike);
        case 3:
            return advance_all<3>(flow, h, terms, y, out, may_spike);
        default:
            return advance_all<0>(flow, h, terms, y, out, may_spike);
    }
}

template <std::size_t kDimension>
void retreat_all(const LinearFlow& flow, double h, std::size_t terms, double* lambda) {
    constexpr std::size_t kSize = Numbers<kDimension>::kSize;
    const D d;
    for (std::size_t first = 0; first < flow.padded; first += hn::Lanes(d)) {
        const Numbers<kDimension> numbers(flow, first);
        const std::size_t n = kDimension == 0 ? numbers.n : kDimension;
        V term[kSize];
        V sum[kSize];
        V next[kSize];
        for (std::size_t a = 0; a < n; ++a)
            term[a] = sum[a] = hn::LoadU(d, lambda + a * flow.padded + first);
        for (std::size_t m = 1; m <= terms; ++m) {
            const V factor = hn::Set(d, h * flow.inverse(m));
            for (std::size_t b = 0; b < n; ++b) {
                next[b] = hn::Zero(d);
                for (std::size_t a = 0; a < n; ++a)
                    next[b] = hn::MulAdd(numbers.matrix[a * n + b], term[a], next[b]);
            }
            for (std::size_t a = 0; a < n; ++a) {
                term[a] = hn::Mul(factor, next[a]);
                sum[a] = hn::Add(sum[a], term[a]);
            }
        }
        for (std::size_t a = 0; a < n; ++a)
            hn::StoreU(sum[a], d, lambda + a * flow.padded + first);
    }
}

void retreat(const LinearFlow& flow, double h, std::size_t terms, double* lambda) {
    switch (flow.dimension) {
        case 2:
            return retreat_all<2>(flow, h, terms, lambda);
        case 3:
            return retreat_all<3>(flow, h, terms, lambda);
        default:
            return retreat_all<0>(flow, h, terms, lambda);
    }
}

}  // namespace saltus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus {

HWY_EXPORT(advance);
HWY_EXPORT(retreat);

void advance_series(const LinearFlow& flow, double h, std::size_t terms, const double* y,
                    double* out, unsigned char* may_spike) {
    HWY_DYNAMIC_DISPATCH(advance)(flow, h, terms, y, out, may_spike);
}

void retreat_series(const LinearFlow& flow, double h, std::size_t terms, double* lambda) {
    HWY_DYNAMIC_DISPATCH(retreat)(flow, h, terms, lambda);
}

}  // namespace saltus
#endif
