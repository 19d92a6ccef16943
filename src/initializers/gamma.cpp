#include <saltus/initializers/gamma.hpp>

#include <cmath>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

/// Gamma distributed with shape a >= 1 and scale 1. Each try takes a counter: two words for the
/// normal number, the third for its acceptance.
double at_least_one(double a, const RandomStream& stream, std::uint64_t element) {
    const double d = a - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (std::uint64_t draw = 0;; ++draw) {
        const double x = stream.normal(element, draw);
        const double root = 1.0 + c * x;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        const double u = to_uniform(stream.words(element, draw)[2]);
        if (std::log(u) <= 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
}

}  // namespace

Gamma::Gamma(double a, double b) : a_(a), b_(b) {
    require_finite_arguments("Gamma", {{"a", a}, {"b", b}});
    if (a > 0.0) return;
    throw ModelError("Gamma", fmt::format("a is {:g}", a), "give a shape greater than 0")
        .with("parameter", "a");
}

double Gamma::value(const RandomStream& stream, std::uint64_t element) const {
    if (a_ >= 1.0) return b_ * at_least_one(a_, stream, element);
    // The fourth word of a counter is used for nothing else.
    const double u = to_uniform(stream.words(element)[3]);
    return b_ * at_least_one(a_ + 1.0, stream, element) * std::pow(u, 1.0 / a_);
}

std::string Gamma::describe() const {
    return fmt::format("gamma(a {:g}, b {:g})", a_, b_);
}

}  // namespace saltus
