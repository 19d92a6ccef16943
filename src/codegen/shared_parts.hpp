#pragma once

#include <cstddef>
#include <unordered_map>

#include <saltus/expr/expression.hpp>

namespace saltus {

struct ExpressionHash {
    std::size_t operator()(const expr::Expression& expression) const { return expression.hash(); }
};

template <class T>
using ExpressionMap = std::unordered_map<expr::Expression, T, ExpressionHash>;

/// Which operations occur more than once in some expressions, so that they need be computed once
/// only. Derivatives repeat most of what they are derivatives of.
class SharedParts {
  public:
    void count(const expr::Expression& expression) {
        if (expression.operands().empty()) return;
        // What is in a part that occurs again is not counted again.
        if (++uses_[expression] > 1) return;
        for (const expr::Expression& operand : expression.operands())
            count(operand);
    }

    bool is_shared(const expr::Expression& expression) const {
        const auto found = uses_.find(expression);
        return found != uses_.end() && found->second > 1;
    }

  private:
    ExpressionMap<std::size_t> uses_;
};

}  // namespace saltus
