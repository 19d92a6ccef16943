#include <set>
#include <unordered_map>
#include <unordered_set>

#include <saltus/expr/expression.hpp>

namespace saltus::expr {
namespace {

class Substitution {
  public:
    explicit Substitution(const std::map<std::string, Expression>& replacements)
        : replacements_(replacements) {}

    Expression apply(const Expression& expression) {
        if (expression.is_number()) return expression;
        if (expression.is_symbol()) {
            const auto found = replacements_.find(expression.name());
            return found == replacements_.end() ? expression : found->second;
        }
        const auto seen = done_.find(expression.identity());
        if (seen != done_.end()) return seen->second;
        std::vector<Expression> operands;
        bool is_changed = false;
        for (const Expression& operand : expression.operands()) {
            operands.push_back(apply(operand));
            is_changed = is_changed || operands.back().identity() != operand.identity();
        }
        Expression result = expression;
        if (is_changed) {
            result = Expression::make(expression.operation(), std::move(operands),
                                      expression.position());
        }
        done_.emplace(expression.identity(), result);
        return result;
    }

  private:
    const std::map<std::string, Expression>& replacements_;
    std::unordered_map<const void*, Expression> done_;
};

void collect(const Expression& expression, std::set<std::string>& names,
             std::unordered_set<const void*>& seen) {
    if (!seen.insert(expression.identity()).second) return;
    if (expression.is_symbol()) names.insert(expression.name());
    for (const Expression& operand : expression.operands())
        collect(operand, names, seen);
}

}  // namespace

Expression substitute(const Expression& expression,
                      const std::map<std::string, Expression>& replacements) {
    return Substitution(replacements).apply(expression);
}

std::vector<std::string> symbols(const Expression& expression) {
    std::set<std::string> names;
    std::unordered_set<const void*> seen;
    collect(expression, names, seen);
    return {names.begin(), names.end()};
}

bool depends_on(const Expression& expression, std::string_view symbol) {
    for (const std::string& name : symbols(expression)) {
        if (name == symbol) return true;
    }
    return false;
}

}  // namespace saltus::expr
