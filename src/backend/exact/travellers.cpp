#include "backend/exact/linear_flow.hpp"

#include <algorithm>

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backend/exact/travellers.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saltus::HWY_NAMESPACE {

constexpr std::size_t kLanes = LinearFlow::kLanes;
constexpr std::size_t kMost = LinearFlow::kMostDimensions;

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, kLanes>;
using V = hn::Vec<D>;

/// The ways of as many neurons as a vector holds, as power series in time, and their crossing
/// functions: LinearFlow::Path for all of them.
template <std::size_t kDimension>
class Paths {
    static constexpr std::size_t kSize = kDimension == 0 ? kMost : kDimension;

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

HWY_EXPORT(follow);

void follow_series(const LinearFlow& flow, double h, const std::vector<std::uint32_t>& neurons,
                   const double* y, bool only_first, double* later, LinearFlow::Spikes& spikes) {
    HWY_DYNAMIC_DISPATCH(follow)(flow, h, neurons, y, only_first, later, spikes);
}

}  // namespace saltus
#endif
