#include "expr/types.hpp"

#include <algorithm>
#include <unordered_map>

#include "common/text.hpp"
#include "expr/diagnostics.hpp"
#include "expr/operations.hpp"

namespace saltus::expr {
namespace {

class TypeChecker {
  public:
    TypeChecker(const Expression& root, const std::vector<std::string>* known_symbols,
                std::string_view text)
        : root_(root), known_symbols_(known_symbols), text_(text) {}

    Type type_of(const Expression& expression) {
        // Derivatives share their parts: one visit a part, not one a use.
        const auto seen = types_.find(expression.identity());
        if (seen != types_.end()) return seen->second;
        const OperationTraits& rule = traits(expression.operation());
        if (expression.is_symbol()) require_known(expression);
        for (std::size_t index = 0; index < expression.operands().size(); ++index) {
            const Expression& operand = expression.operands()[index];
            const bool is_choice = rule.operation == Operation::kSelect && index == 0;
            const Type expected = rule.takes_conditions || is_choice ? Type::kBoolean : Type::kReal;
            if (type_of(operand) != expected) fail_operand(rule, operand, expected);
        }
        types_.emplace(expression.identity(), rule.result);
        return rule.result;
    }

  private:
    void require_known(const Expression& symbol) const {
        if (known_symbols_ == nullptr) return;
        const auto& known = *known_symbols_;
        if (std::find(known.begin(), known.end(), symbol.name()) != known.end()) return;
        fail(symbol, "unknown name '" + symbol.name() + "'", suggest(symbol.name(), known));
    }

    [[noreturn]] void fail_operand(const OperationTraits& rule, const Expression& operand,
                                   Type expected) const {
        const std::string quoted = '"' + printable(to_string(operand)) + '"';
        const std::string sign = "'" + std::string(rule.text) + "' ";
        if (expected == Type::kReal) {
            fail(operand, sign + "needs a number, but " + quoted + " is a condition",
                 "turn it into a number with where(condition, 1, 0)");
        }
        fail(operand, sign + "needs a condition, but " + quoted + " is a number",
             "compare it, as in v > 0");
    }

    [[noreturn]] void fail(const Expression& place, const std::string& problem,
                           std::string advice) const {
        const bool is_placed = place.position().line != 0 && !text_.empty();
        if (is_placed) throw error_at(text_, place.position(), problem, std::move(advice));
        throw error_in(root_, problem, std::move(advice));
    }

    const Expression& root_;
    const std::vector<std::string>* known_symbols_;
    std::string_view text_;
    std::unordered_map<const void*, Type> types_;
};

}  // namespace

Type infer_type(const Expression& expression, const std::vector<std::string>* known_symbols,
                std::string_view text) {
    return TypeChecker(expression, known_symbols, text).type_of(expression);
}

Type check(const Expression& expression, const std::vector<std::string>& known_symbols,
           std::string_view text_for_message) {
    return infer_type(expression, &known_symbols, text_for_message);
}

}  // namespace saltus::expr
