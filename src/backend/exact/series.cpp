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

/// y after h for the neurons of one vector from `first` on.
template <bool kCrosses>
HWY_INLINE void advance_vector(const LinearFlow& flow, double h, std::size_t terms,
                               std::size_t first, const double* HWY_RESTRICT y,
                               double* HWY_RESTRICT out, unsigned char* may_spike) {
    const D d;
    const std::size_t padded = flow.padded;
    const std::size_t dimension = flow.dimension;
    V term[kMost];
    V sum[kMost];
    V next[kMost];
    for (std::size_t a = 0; a < dimension; ++a)
        term[a] = sum[a] = hn::LoadU(d, y + a * padded + first);
    const V zero = hn::Zero(d);
    V bound = zero;
    V rise1 = zero;
    V rise2 = zero;
    if constexpr (kCrosses) {
        bound = hn::LoadU(d, flow.crossing_offset.data() + first);
        for (const LinearFlow::Constant& c : flow.crossing)
            bound = hn::MulAdd(hn::LoadU(d, c.value.data() + first), term[c.row], bound);
    }
    for (std::size_t m = 1; m <= terms; ++m) {
        const V factor = hn::Set(d, h / static_cast<double>(m));
        for (std::size_t a = 0; a < dimension; ++a)
            next[a] = zero;
        for (const LinearFlow::Entry& entry : flow.matrix) {
            next[entry.row] = hn::MulAdd(hn::LoadU(d, entry.value.data() + first),
                                         term[entry.column], next[entry.row]);
        }
        if (m == 1) {
            for (const LinearFlow::Constant& b : flow.offset)
                next[b.row] = hn::Add(next[b.row], hn::LoadU(d, b.value.data() + first));
        }
        for (std::size_t a = 0; a < dimension; ++a) {
            term[a] = hn::Mul(factor, next[a]);
            sum[a] = hn::Add(sum[a], term[a]);
        }
        if constexpr (kCrosses) {
            V rise = zero;
            for (const LinearFlow::Constant& c : flow.crossing)
                rise = hn::MulAdd(hn::LoadU(d, c.value.data() + first), term[c.row], rise);
            if (m == 1) {
                rise1 = rise;
            } else if (m == 2) {
                rise2 = rise;
            } else {
                bound = hn::Add(bound, hn::Max(rise, zero));
            }
        }
    }
    for (std::size_t a = 0; a < dimension; ++a)
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

void advance(const LinearFlow& flow, double h, std::size_t terms, const double* y, double* out,
             unsigned char* may_spike) {
    const std::size_t lanes = hn::Lanes(D());
    for (std::size_t first = 0; first < flow.padded; first += lanes) {
        if (may_spike != nullptr) {
            advance_vector<true>(flow, h, terms, first, y, out, may_spike);
        } else {
            advance_vector<false>(flow, h, terms, first, y, out, nullptr);
        }
    }
}

void retreat(const LinearFlow& flow, double h, std::size_t terms, double* lambda) {
    const D d;
    const std::size_t dimension = flow.dimension;
    for (std::size_t first = 0; first < flow.padded; first += hn::Lanes(d)) {
        V term[kMost];
        V sum[kMost];
        V next[kMost];
        for (std::size_t a = 0; a < dimension; ++a)
            term[a] = sum[a] = hn::LoadU(d, lambda + a * flow.padded + first);
        for (std::size_t m = 1; m <= terms; ++m) {
            const V factor = hn::Set(d, h / static_cast<double>(m));
            for (std::size_t a = 0; a < dimension; ++a)
                next[a] = hn::Zero(d);
            for (const LinearFlow::Entry& entry : flow.matrix) {
                next[entry.column] = hn::MulAdd(hn::LoadU(d, entry.value.data() + first),
                                                term[entry.row], next[entry.column]);
            }
            for (std::size_t a = 0; a < dimension; ++a) {
                term[a] = hn::Mul(factor, next[a]);
                sum[a] = hn::Add(sum[a], term[a]);
            }
        }
        for (std::size_t a = 0; a < dimension; ++a)
            hn::StoreU(sum[a], d, lambda + a * flow.padded + first);
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
