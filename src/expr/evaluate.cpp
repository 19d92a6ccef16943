#include <saltus/expr/expression.hpp>

#include "expr/operations.hpp"

namespace saltus::expr {

double evaluate(const Expression& expression,
                const std::function<double(const std::string&)>& lookup) {
    const std::vector<Expression>& operands = expression.operands();
    const auto operand = [&](std::size_t index) { return evaluate(operands[index], lookup); };
    switch (expression.operation()) {
        case Operation::kNumber:
            return expression.value();
        case Operation::kSymbol:
            return lookup(expression.name());
        case Operation::kAnd:
            return operand(0) != 0.0 && operand(1) != 0.0 ? 1.0 : 0.0;
        case Operation::kOr:
            return operand(0) != 0.0 || operand(1) != 0.0 ? 1.0 : 0.0;
        case Operation::kSelect:
            return operand(0) != 0.0 ? operand(1) : operand(2);
        default:
            break;
    }
    if (operands.size() == 1) return apply(expression.operation(), operand(0));
    const double left = operand(0);
    return apply(expression.operation(), left, operand(1));
}

}  // namespace saltus::expr
