#pragma once

#include <map>
#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus {

/// An expression as C++ text over the vector type of kernels/cpu/vector.inl.
/// @param names what stands for each symbol.
std::string expression_text(const expr::Expression& expression,
                            const std::map<std::string, std::string>& names);

/// Several expressions as text.
struct ExpressionTexts {
    /// Definitions of what occurs in them more than once, in order.
    std::vector<std::string> lines;
    std::vector<std::string> texts;  ///< of each expression
};

/// @param prefix of the names that are defined.
ExpressionTexts expression_texts(const std::vector<expr::Expression>& expressions,
                                 const std::map<std::string, std::string>& names,
                                 const std::string& prefix);

}  // namespace saltus
