#include <saltus/compilers/surrogate.hpp>

#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/expr/expression.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

double positive(double value, const std::string& surrogate, const std::string& parameter) {
    if (std::isfinite(value) && value > 0.0) return value;
    throw ModelError("Surrogate " + surrogate, fmt::format("{} is {:g}", parameter, value),
                     "give a positive number")
        .with("parameter", parameter);
}

/// The density of a normal distribution.
std::string density(const std::string& x, double sigma) {
    const double height = 1.0 / (sigma * std::sqrt(2.0 * std::numbers::pi));
    return fmt::format("{0:.17g} * exp(-({1}) * ({1}) / {2:.17g})", height, x, 2.0 * sigma * sigma);
}

/// 1 / base^2; a product is faster than a power.
std::string inverse_square(const std::string& base) {
    return fmt::format("1 / (({0}) * ({0}))", base);
}

std::string steepness(const char* name, const char* parameter, double value) {
    return fmt::format("1 + {:.17g} * abs(x)", positive(value, name, parameter));
}

}  // namespace

Surrogate::Surrogate(std::string derivative) : derivative_(std::move(derivative)) {
    try {
        if (check(expr::parse(derivative_), {"x"}, derivative_) == expr::Type::kReal) return;
    } catch (const ModelError& error) {
        // Line and column are those of the expression, not of a file that it may stand in.
        throw ModelError("Surrogate", error.problem(), error.advice())
            .with("equation", derivative_);
    }
    throw ModelError("Surrogate",
                     fmt::format("'{}' is a condition where a number is needed", derivative_),
                     "write it as where(condition, 1, 0)")
        .with("equation", derivative_);
}

Surrogate Surrogate::fast_sigmoid(double slope) {
    return Surrogate(inverse_square(steepness("fast_sigmoid", "slope", slope)));
}

Surrogate Surrogate::super_spike(double beta) {
    return Surrogate(inverse_square(steepness("super_spike", "beta", beta)));
}

Surrogate Surrogate::sigmoid(double slope) {
    // Written so that no exponential overflows.
    const std::string tail =
        fmt::format("exp(-{:.17g} * abs(x))", positive(slope, "sigmoid", "slope"));
    return Surrogate(fmt::format("{:.17g} * {} * {}", slope, tail, inverse_square("1 + " + tail)));
}

Surrogate Surrogate::arctan(double alpha) {
    const double half = positive(alpha, "arctan", "alpha") / 2.0;
    const double square = std::numbers::pi * half * std::numbers::pi * half;
    return Surrogate(fmt::format("{:.17g} / (1 + {:.17g} * x * x)", half, square));
}

Surrogate Surrogate::boxcar(double width) {
    const double half = positive(width, "boxcar", "width") / 2.0;
    return Surrogate(fmt::format("where(abs(x) < {:.17g}, {:.17g}, 0)", half, 1.0 / width));
}

Surrogate Surrogate::triangle(double height, double width) {
    return Surrogate(fmt::format("{:.17g} * max(0, 1 - abs(x) / {:.17g})",
                                 positive(height, "triangle", "height"),
                                 positive(width, "triangle", "width")));
}

Surrogate Surrogate::multi_gaussian(double sigma, double h, double s) {
    const std::string name = "multi_gaussian";
    const double wide = positive(s, name, "s") * positive(sigma, name, "sigma");
    return Surrogate(fmt::format("{:.17g} * {} - {:.17g} * ({} + {})", 1.0 + positive(h, name, "h"),
                                 density("x", sigma), h,
                                 density(fmt::format("x - {:.17g}", sigma), wide),
                                 density(fmt::format("x + {:.17g}", sigma), wide)));
}

Surrogate Surrogate::by_name(const std::string& name) {
    static const std::map<std::string, Surrogate (*)()> kKnown = {
        {"fast_sigmoid", [] { return fast_sigmoid(); }},
        {"super_spike", [] { return super_spike(); }},
        {"sigmoid", [] { return sigmoid(); }},
        {"arctan", [] { return arctan(); }},
        {"boxcar", [] { return boxcar(); }},
        {"triangle", [] { return triangle(); }},
        {"multi_gaussian", [] { return multi_gaussian(); }}};
    const auto found = kKnown.find(name);
    if (found != kKnown.end()) return found->second();
    std::vector<std::string> names;
    for (const auto& [known, make] : kKnown)
        names.push_back(known);
    throw ModelError("Surrogate", fmt::format("there is no surrogate '{}'", name),
                     suggest(name, names))
        .with("surrogate", name);
}

}  // namespace saltus
