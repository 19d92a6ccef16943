#pragma once

#include <cmath>
#include <initializer_list>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/common/shape.hpp>

namespace saltus {

/// @throws ModelError naming the class and the first argument that is a NaN or an infinity.
inline void require_finite_arguments(
    const std::string& where, std::initializer_list<std::pair<const char*, double>> arguments) {
    for (const auto& [name, value] : arguments) {
        if (std::isfinite(value)) continue;
        throw ModelError(where, fmt::format("{} is {}", name, value), "give a finite number")
            .with("parameter", name);
    }
}

/// @throws ModelError unless p lies between 0 and 1.
inline void require_probability(const std::string& where, double p) {
    if (p >= 0.0 && p <= 1.0) return;
    throw ModelError(where, fmt::format("p is {:g}", p), "give a probability, 0 to 1")
        .with("parameter", "p");
}

/// What initializers throw that depend on a shape, when asked for a value without one.
[[noreturn]] inline void throw_needs_shape(const std::string& where) {
    throw ModelError(
        where, "it depends on the shape of the weights, and these values do not have one",
        "use it for weights of a dense matrix or a kernel, or give another initializer");
}

/// What they throw when they are given a shape of another kind.
[[noreturn]] inline void throw_unfit_shape(const std::string& where, const Shape& shape,
                                           const std::string& needed) {
    throw ModelError(where, fmt::format("the values have shape {}", to_string(shape)),
                     "use it for " + needed)
        .with("shape", to_string(shape));
}

}  // namespace saltus
