#include "backend/exact/linear_flow.hpp"

#include <algorithm>

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

/// The ways of as many neurons as a vector holds, as power series in time, and their crossing
/// functions: LinearFlow::Path for all of them.
class Paths {
  public:
    Paths(const LinearFlow& flow, const std::uint32_t* neurons) : flow_(flow) {
        HWY_ALIGN double values[kLanes];
        const auto gather = [&](const std::vector<double>& from) HWY_ATTR {
            for (std::size_t k = 0; k < hn::Lanes(D()); ++k)
                values[k] = from[neurons[k]];
            return hn::Load(D(), values);
        };
        for (std::size_t k = 0; k < flow.matrix.size(); ++k)
            matrix_[k] = gather(flow.matrix[k].value);
        for (std::size_t k = 0; k < flow.offset.size(); ++k)
            offset_[k] = gather(flow.offset[k].value);
        for (std::size_t k = 0; k < flow.crossing.size(); ++k)
            crossing_[k] = gather(flow.crossing[k].value);
        crossing_offset_ = gather(flow.crossing_offset);
    }

    void begin(std::size_t terms, const V* y) {
        terms_ = terms;
        const std::size_t n = flow_.dimension;
        std::copy(y, y + n, term_);
        series[0] = hn::Add(crossing_offset_, along_crossing(term_));
        for (std::size_t m = 1; m <= terms; ++m) {
            const V* const term = term_ + (m - 1) * n;
            V* const next = term_ + m * n;
            std::fill(next, next + n, hn::Zero(D()));
            for (std::size_t k = 0; k < flow_.matrix.size(); ++k) {
                const LinearFlow::Entry& entry = flow_.matrix[k];
                next[entry.row] = hn::MulAdd(matrix_[k], term[entry.column], next[entry.row]);
            }
            if (m == 1) {
                for (std::size_t k = 0; k < flow_.offset.size(); ++k) {
                    V& sum = next[flow_.offset[k].row];
                    sum = hn::Add(sum, offset_[k]);
                }
            }
            const V share = hn::Set(D(), 1.0 / static_cast<double>(m));
            for (std::size_t a = 0; a < n; ++a)
                next[a] = hn::Mul(next[a], share);
            series[m] = along_crossing(next);
        }
    }

    /// y after a time.
    void follow(V time, V* y) const {
        const std::size_t n = flow_.dimension;
        for (std::size_t a = 0; a < n; ++a)
            y[a] = term_[terms_ * n + a];
        for (std::size_t m = terms_; m-- > 0;) {
            for (std::size_t a = 0; a < n; ++a)
                y[a] = hn::MulAdd(y[a], time, term_[m * n + a]);
        }
    }

    /// The crossing function and its derivative by the first terms.
    void evaluate(std::size_t terms, V at, V& value, V& slope) const {
        value = series[terms];
        slope = hn::Zero(D());
        for (std::size_t m = terms; m-- > 0;) {
            slope = hn::MulAdd(slope, at, value);
            value = hn::MulAdd(value, at, series[m]);
        }
    }

    /// What the crossing function does not exceed within h (see greatest() of one neuron).
    V greatest(V h) const {
        const D d;
        const V zero = hn::Zero(d);
        V rising = zero;
        for (std::size_t m = terms_; m > 2; --m)
            rising = hn::Mul(hn::Add(rising, hn::Max(series[m], zero)), h);
        rising = hn::Mul(rising, hn::Mul(h, h));
        const V rise = series[1];
        const V bend = series[2];
        const V at_end = hn::MulAdd(hn::Add(bend, bend), h, rise);
        const auto has_top = hn::And(hn::Gt(rise, zero), hn::Lt(at_end, zero));
        const V top = hn::Div(hn::Mul(hn::Set(d, -0.25), hn::Mul(rise, rise)), bend);
        const V ends = hn::Max(zero, hn::Mul(hn::MulAdd(bend, h, rise), h));
        return hn::Add(hn::Add(series[0], hn::IfThenElse(has_top, top, ends)), rising);
    }

    /// Where it bends down everywhere within h.
    hn::Mask<D> is_concave(V h) const {
        const D d;
        V bend = hn::Zero(d);
        for (std::size_t m = terms_; m > 2; --m) {
            const V factor = hn::Set(d, static_cast<double>(m * (m - 1)));
            bend = hn::MulAdd(bend, h, hn::Mul(factor, hn::Max(series[m], hn::Zero(d))));
        }
        return hn::Le(hn::MulAdd(bend, h, hn::Add(series[2], series[2])), hn::Zero(d));
    }

    /// The first zeros of concave crossing functions that begin below, or h + 1 (see
    /// concave_crossing() of one neuron). @param wanted where they are.
    V concave_crossing(V h, hn::Mask<D> wanted) const {
        constexpr std::size_t kFirstTerms = 5;
        const D d;
        const V zero = hn::Zero(d);
        V value;
        V slope;
        V at = zero;
        for (int iteration = 0; iteration < 3; ++iteration) {
            evaluate(std::min(terms_, kFirstTerms), at, value, slope);
            const V next = hn::Sub(at, hn::Div(value, slope));
            const auto fits =
                hn::And(hn::Gt(slope, zero), hn::And(hn::Ge(next, zero), hn::Le(next, h)));
            at = hn::IfThenElse(fits, next, at);
        }
        evaluate(terms_, at, value, slope);
        at = hn::IfThenElse(hn::Le(slope, zero), zero, at);
        const V never = hn::Add(h, hn::Set(d, 1.0));
        V result = never;
        auto open = wanted;
        for (int iteration = 0; iteration < 100 && !hn::AllFalse(d, open); ++iteration) {
            evaluate(terms_, at, value, slope);
            const V step = hn::Div(value, slope);
            const V next = hn::Sub(at, step);
            const auto falls = hn::Le(slope, zero);
            const auto leaves = hn::And(hn::Gt(next, h), hn::Lt(value, zero));
            const V scale = hn::Max(at, hn::Set(d, 1e-3));
            const auto rests = hn::Le(hn::Abs(step), hn::Mul(hn::Set(d, 1e-15), scale));
            const auto ends = hn::Or(falls, leaves);
            const auto found = hn::And(open, hn::AndNot(ends, rests));
            result = hn::IfThenElse(found, at, result);
            open = hn::AndNot(hn::Or(ends, rests), open);
            at = hn::IfThenElse(open, hn::Max(next, zero), at);
        }
        return hn::IfThenElse(open, at, result);
    }

    V series[LinearFlow::kMostTerms + 1];

  private:
    V along_crossing(const V* y) const {
        V sum = hn::Zero(D());
        for (std::size_t k = 0; k < flow_.crossing.size(); ++k)
            sum = hn::MulAdd(crossing_[k], y[flow_.crossing[k].row], sum);
        return sum;
    }

    const LinearFlow& flow_;
    std::size_t terms_ = 0;
    V matrix_[kMost * kMost];
    V offset_[kMost];
    V crossing_[kMost];
    V crossing_offset_;
    V term_[(LinearFlow::kMostTerms + 1) * kMost];
};

/// Of neurons side by side: where they are, and how far they have come.
struct Travellers {
    HWY_ALIGN double y[kMost][kLanes];
    HWY_ALIGN double passed[kLanes];
    bool is_there[kLanes];   ///< whether the lane still has a neuron on its way
    bool may_spike[kLanes];  ///< again
};

/// Takes the neurons of one vector through a time h.
void follow_vector(const LinearFlow& flow, double h, const std::uint32_t* neurons,
                   std::size_t count, const double* y, bool only_first, double* later,
                   LinearFlow::Spikes& spikes) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    const std::size_t n = flow.dimension;
    Travellers now;
    for (std::size_t k = 0; k < lanes; ++k) {
        for (std::size_t a = 0; a < n; ++a)
            now.y[a][k] = y[a * flow.padded + neurons[k]];
        now.passed[k] = 0.0;
        now.is_there[k] = now.may_spike[k] = k < count;
    }
    Paths paths(flow, neurons);
    for (std::size_t round = 0; round <= LinearFlow::kMostSpikes; ++round) {
        HWY_ALIGN double rest[kLanes];
        double longest = 0.0;
        bool any = false;
        for (std::size_t k = 0; k < lanes; ++k) {
            rest[k] = now.is_there[k] ? h - now.passed[k] : 0.0;
            longest = std::max(longest, rest[k]);
            any |= now.is_there[k];
        }
        if (!any) return;
        V at[kMost];
        for (std::size_t a = 0; a < n; ++a)
            at[a] = hn::Load(d, now.y[a]);
        const V left = hn::Load(d, rest);
        paths.begin(flow.terms_of(longest), at);
        const V zero = hn::Zero(d);
        const auto near =
            hn::And(hn::Lt(paths.series[0], zero), hn::Ge(paths.greatest(left), zero));
        const auto concave = paths.is_concave(left);
        const V until = hn::AllFalse(d, hn::And(near, concave))
                            ? hn::Add(left, hn::Set(d, 1.0))
                            : paths.concave_crossing(left, hn::And(near, concave));
        HWY_ALIGN double until_of[kLanes];
        HWY_ALIGN double is_curved[kLanes];
        hn::Store(until, d, until_of);
        hn::Store(hn::IfThenElse(hn::AndNot(concave, near), hn::Set(d, 1.0), zero), d, is_curved);
        for (std::size_t k = 0; k < lanes; ++k) {
            const bool tries =
                now.is_there[k] && now.may_spike[k] && round < LinearFlow::kMostSpikes;
            if (tries && is_curved[k] != 0.0) {
                // A way that bends up is searched with more care, alone.
                double one[kMost];
                for (std::size_t a = 0; a < n; ++a)
                    one[a] = now.y[a][k];
                flow.follow_one(h, now.passed[k], neurons[k], one, only_first, later, spikes);
                now.is_there[k] = false;
            }
            if (!tries || until_of[k] > rest[k]) until_of[k] = -1.0;
        }
        // Those that cross go there, the others to the end.
        HWY_ALIGN double way[kLanes];
        for (std::size_t k = 0; k < lanes; ++k)
            way[k] = until_of[k] >= 0.0 ? until_of[k] : rest[k];
        paths.follow(hn::Load(d, way), at);
        for (std::size_t a = 0; a < n; ++a)
            hn::Store(at[a], d, now.y[a]);
        for (std::size_t k = 0; k < lanes; ++k) {
            if (!now.is_there[k]) continue;
            double one[kMost];
            for (std::size_t a = 0; a < n; ++a)
                one[a] = now.y[a][k];
            if (until_of[k] < 0.0) {
                if (now.passed[k] > 0.0) flow.write(one, neurons[k], later);
                now.is_there[k] = false;
                continue;
            }
            now.passed[k] += until_of[k];
            spikes.add(neurons[k], now.passed[k], one, n);
            flow.reset_one(neurons[k], one);
            for (std::size_t a = 0; a < n; ++a)
                now.y[a][k] = one[a];
            now.may_spike[k] = !only_first;
        }
    }
}

void follow(const LinearFlow& flow, double h, const std::vector<std::uint32_t>& neurons,
            const double* y, bool only_first, double* later, LinearFlow::Spikes& spikes) {
    const std::size_t lanes = hn::Lanes(D());
    std::uint32_t some[kLanes];
    for (std::size_t first = 0; first < neurons.size(); first += lanes) {
        const std::size_t count = std::min(lanes, neurons.size() - first);
        // Lanes without a neuron follow the last one.
        for (std::size_t k = 0; k < lanes; ++k)
            some[k] = neurons[first + std::min(k, count - 1)];
        follow_vector(flow, h, some, count, y, only_first, later, spikes);
    }
}

}  // namespace saltus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus {

HWY_EXPORT(advance);
HWY_EXPORT(retreat);
HWY_EXPORT(follow);

void advance_series(const LinearFlow& flow, double h, std::size_t terms, const double* y,
                    double* out, unsigned char* may_spike) {
    HWY_DYNAMIC_DISPATCH(advance)(flow, h, terms, y, out, may_spike);
}

void retreat_series(const LinearFlow& flow, double h, std::size_t terms, double* lambda) {
    HWY_DYNAMIC_DISPATCH(retreat)(flow, h, terms, lambda);
}

void follow_series(const LinearFlow& flow, double h, const std::vector<std::uint32_t>& neurons,
                   const double* y, bool only_first, double* later, LinearFlow::Spikes& spikes) {
    HWY_DYNAMIC_DISPATCH(follow)(flow, h, neurons, y, only_first, later, spikes);
}

}  // namespace saltus
#endif
