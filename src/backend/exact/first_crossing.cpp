#include <algorithm>
#include <array>
#include <cmath>

#include "backend/exact/linear_flow.hpp"

// The search for the threshold of one neuron.

namespace saltus {
namespace {

struct ValueAndSlope {
    double value;
    double slope;
};

/// A power series and its derivative.
ValueAndSlope evaluate(const double* series, std::size_t terms, double at) {
    double value = series[terms];
    double slope = 0.0;
    for (std::size_t m = terms; m-- > 0;) {
        slope = slope * at + value;
        value = value * at + series[m];
    }
    return {value, slope};
}

/// What a series does not exceed in [0, h]: the greatest value of its first three terms plus the
/// rising ones of all others.
double greatest(const double* series, std::size_t terms, double h) {
    double rising = 0.0;
    for (std::size_t m = terms; m > 2; --m)
        rising = (rising + std::max(series[m], 0.0)) * h;
    rising *= h * h;
    const double rise = series[1];
    const double bend = series[2];
    const bool has_top = rise > 0.0 && rise + 2.0 * bend * h < 0.0;
    const double top = has_top ? -0.25 * rise * rise / bend : std::max(0.0, (rise + bend * h) * h);
    return series[0] + top + rising;
}

/// Whether a series bends down everywhere in [0, h].
bool is_concave(const double* series, std::size_t terms, double h) {
    double bend = 0.0;
    for (std::size_t m = terms; m > 2; --m)
        bend = bend * h + static_cast<double>(m * (m - 1)) * std::max(series[m], 0.0);
    return bend * h + 2.0 * series[2] <= 0.0;
}

/// The first zero of a concave series that begins below: Newton's method gets there from below.
double concave_crossing(const double* series, std::size_t terms, double h, double never) {
    // Its first terms alone lead close to it.
    constexpr std::size_t kFirstTerms = 5;
    double at = 0.0;
    for (int iteration = 0; iteration < 3; ++iteration) {
        const ValueAndSlope here = evaluate(series, std::min(terms, kFirstTerms), at);
        const double next = here.slope > 0.0 ? at - here.value / here.slope : -1.0;
        if (!(next >= 0.0 && next <= h)) break;
        at = next;
    }
    // On the wrong side of it the next value lies on the right one.
    if (evaluate(series, terms, at).slope <= 0.0) at = 0.0;
    for (int iteration = 0; iteration < 100; ++iteration) {
        const ValueAndSlope here = evaluate(series, terms, at);
        if (here.slope <= 0.0) return never;
        const double step = here.value / here.slope;
        const double next = at - step;
        if (next > h && here.value < 0.0) return never;
        if (std::abs(step) <= 1e-15 * std::max(at, 1e-3)) return std::max(at, 0.0);
        at = std::max(next, 0.0);
    }
    return at;
}

/// How far a series that begins below zero stays there at least: up to where the series of its
/// rising terms, which is convex, crosses zero; h + 1 when that is not within h.
double safe_distance(const double* series, std::size_t terms, double h) {
    double rising[LinearFlow::kMostTerms + 1];
    rising[0] = series[0];
    for (std::size_t m = 1; m <= terms; ++m)
        rising[m] = std::max(series[m], 0.0);
    double at = h;
    ValueAndSlope here = evaluate(rising, terms, at);
    if (here.value < 0.0) return h + 1.0;
    for (int iteration = 0; iteration < 60; ++iteration) {
        const double closer = at - here.value / here.slope;
        if (!(closer < at)) break;
        at = std::max(closer, 0.0);
        here = evaluate(rising, terms, at);
    }
    return at;
}

}  // namespace

double LinearFlow::first_crossing(double h, std::size_t neuron, const Path& path) const {
    const double never = h + 1.0;
    if (greatest(path.crossing.data(), path.terms, h) < 0.0) return never;
    if (is_concave(path.crossing.data(), path.terms, h))
        return concave_crossing(path.crossing.data(), path.terms, h, never);
    // From below over distances within which there is no crossing, again and again: this converges
    // to the first one like Newton's method, and never steps over it.
    double at = 0.0;
    Path here = path;
    for (int iteration = 0; iteration < 200; ++iteration) {
        if (here.crossing[0] >= 0.0) return at;
        const double step = safe_distance(here.crossing.data(), here.terms, h - at);
        if (step > h - at) return never;
        // What is left is rounding: it touches the threshold here.
        if (step <= 1e-15 * std::max(at, 1e-3)) return here.crossing[1] > 0.0 ? at : never;
        at += step;
        std::array<double, kMostDimensions> y{};
        follow(path, at, y.data());
        begin(h - at, neuron, y.data(), here);
    }
    return never;
}

void LinearFlow::follow_one(double h, double passed, std::size_t neuron, double* y, bool only_first,
                            double* later, Spikes& spikes) const {
    Path path;
    bool is_open = !only_first || passed == 0.0;
    for (std::size_t count = 0;; ++count) {
        const double rest = h - passed;
        begin(rest, neuron, y, path);
        // Above the threshold there is nothing to cross.
        const bool is_below = is_open && path.crossing[0] < 0.0 && count < kMostSpikes;
        const double until = is_below ? first_crossing(rest, neuron, path) : rest + 1.0;
        if (until > rest) break;
        follow(path, until, y);
        passed += until;
        spikes.add(neuron, passed, y, dimension);
        reset_one(neuron, y);
        is_open = !only_first;
    }
    if (passed == 0.0) return;
    follow(path, h - passed, y);
    write(y, neuron, later);
}

}  // namespace saltus
