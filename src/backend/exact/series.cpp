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

/// The ways of as many neurons as a vector holds, as power series in time, and their crossing
/// functions: LinearFlow::Path for all of them.
template <std::size_t kDimension>
class Paths {
    static constexpr std::size_t kSize = Numbers<kDimension>::kSize;

  public:
    Paths(const LinearFlow& flow, const std::uint32_t* neurons) : flow_(flow) {
        HWY_ALIGN double values[kLanes];
        const std::size_t n = dimension();
        const auto gather_row = [&](const std::vector<double>& rows, std::size_t row) HWY_ATTR {
            const double* const from = rows.data() + row * flow.padded;
            for (std::size_t k = 0; k < hn::Lanes(D()); ++k)
                values[k] = from[neurons[k]];
            return hn::Load(D(), values);
        };
        for (std::size_t k = 0; k < n * n; ++k)
            matrix_[k] = gather_row(flow.whole_matrix, k);
        for (std::size_t a = 0; a < n; ++a) {
            offset_[a] = gather_row(flow.whole_offset, a);
            crossing_[a] = gather_row(flow.whole_crossing, a);
        }
        crossing_offset_ = gather_row(flow.crossing_offset, 0);
    }

    std::size_t dimension() const { return kDimension == 0 ? flow_.dimension : kDimension; }

    void begin(std::size_t terms, const V* y) {
        terms_ = terms;
        const std::size_t n = dimension();
        V term[kSize];
        for (std::size_t a = 0; a < n; ++a)
            term_[a] = term[a] = y[a];
        series[0] = hn::Add(crossing_offset_, along_crossing(term));
        for (std::size_t m = 1; m <= terms; ++m) {
            V next[kSize];
            const V share = hn::Set(D(), flow_.inverse(m));
            for (std::size_t a = 0; a < n; ++a) {
                next[a] = m == 1 ? offset_[a] : hn::Zero(D());
                for (std::size_t b = 0; b < n; ++b)
                    next[a] = hn::MulAdd(matrix_[a * n + b], term[b], next[a]);
            }
            for (std::size_t a = 0; a < n; ++a)
                term_[m * n + a] = term[a] = hn::Mul(next[a], share);
            series[m] = along_crossing(term);
        }
    }

    /// y after a time.
    void follow(V time, V* y) const {
        const std::size_t n = dimension();
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
        for (std::size_t a = 0; a < dimension(); ++a)
            sum = hn::MulAdd(crossing_[a], y[a], sum);
        return sum;
    }

    const LinearFlow& flow_;
    std::size_t terms_ = 0;
    V matrix_[kSize * kSize];
    V offset_[kSize];
    V crossing_[kSize];
    V crossing_offset_;
    V term_[(LinearFlow::kMostTerms + 1) * kSize];
};

/// Of neurons side by side: where they are, and how far they have come.
struct Travellers {
    HWY_ALIGN double y[kMost][kLanes];
    HWY_ALIGN double passed[kLanes];
    bool is_there[kLanes];   ///< whether the lane still has a neuron on its way
    bool may_spike[kLanes];  ///< again
};

/// Takes the neurons of one vector through a time h.
template <std::size_t kDimension>
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
    Paths<kDimension> paths(flow, neurons);
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
        if (flow.dimension == 2) {
            follow_vector<2>(flow, h, some, count, y, only_first, later, spikes);
        } else {
            follow_vector<0>(flow, h, some, count, y, only_first, later, spikes);
        }
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
