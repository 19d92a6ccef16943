#pragma once

#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// An operation on operands that are themselves simplified, as a simplified expression.
Expression make_simple(Operation operation, const std::vector<Expression>& operands);

}  // namespace saltus::expr
