#pragma once

#include <map>
#include <string>

#include <saltus/expr/expression.hpp>

namespace saltus {

/// An expression as C++ text over the vector type of kernels/cpu/vector.inl.
/// @param names what stands for each symbol.
std::string expression_text(const expr::Expression& expression,
                            const std::map<std::string, std::string>& names);

}  // namespace saltus
