#pragma once

#include <string>
#include <string_view>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// One line of a neuron model.
struct Equation {
    /// The variable on the left, "v" in "dv/dt = ..." and in "v = ...".
    std::string target;
    /// Whether the left side is a derivative in time.
    bool is_derivative = false;
    /// The right side; "v += e" is read as "v = v + e".
    Expression right;
};

/// Reads "dv/dt = e", "v = e", "v += e", "v -= e", "v *= e" or "v /= e". ModelError with the fields
/// "line" and "column" for anything else.
Equation parse_equation(std::string_view text);

/// A threshold as the function whose crossing of zero from below is the event: a - b for "a >= b"
/// and "a > b", b - a for "a <= b" and "a < b"; simplified. ModelError when the condition is not a
/// single comparison of numbers.
Expression crossing(const Expression& condition);

}  // namespace saltus::expr
