#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {

/// What `check` does; without `known_symbols`, every name is a number.
Type infer_type(const Expression& expression, const std::vector<std::string>* known_symbols,
                std::string_view text);

}  // namespace saltus::expr
