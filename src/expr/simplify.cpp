#include "expr/simplify.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "expr/operations.hpp"

namespace saltus::expr {
namespace {

Expression negate(const Expression& a);
Expression add(const Expression& a, const Expression& b);
Expression multiply(const Expression& a, const Expression& b);

// A number in front of the rest of a product; no rest stands for a plain number.
struct Product {
    double factor = 1.0;
    std::optional<Expression> rest;
};

Product split(const Expression& expression) {
    if (expression.is_number()) return {expression.value(), std::nullopt};
    const auto& operands = expression.operands();
    if (expression.operation() == Operation::kNegate) return {-1.0, operands[0]};
    const bool has_factor =
        expression.operation() == Operation::kMultiply && operands[0].is_number();
    if (has_factor) return {operands[0].value(), operands[1]};
    return {1.0, expression};
}

Expression join(const Product& product) {
    if (!product.rest) return product.factor;
    if (product.factor == 1.0) return *product.rest;
    if (product.factor == -1.0) return negate(*product.rest);
    return Expression::make(Operation::kMultiply, {product.factor, *product.rest});
}

// Factors far from 1 stay where they are: drawn together, they might overflow or vanish where the
// original does not.
bool is_tame(double factor) {
    return std::abs(factor) >= 1e-30 && std::abs(factor) <= 1e30;
}

bool begins_with_minus(const Expression& expression) {
    const Operation operation = expression.operation();
    if (operation == Operation::kNegate) return true;
    if (expression.is_number()) return expression.value() < 0.0;
    const bool is_product = operation == Operation::kMultiply || operation == Operation::kDivide;
    return is_product && expression.operands()[0].is_number() &&
           expression.operands()[0].value() < 0.0;
}

Expression negate(const Expression& a) {
    const auto& operands = a.operands();
    switch (a.operation()) {
        case Operation::kNegate:
            return operands[0];
        case Operation::kSubtract:
            return make_simple(Operation::kSubtract, {operands[1], operands[0]});
        case Operation::kMultiply:
        case Operation::kDivide:
            if (operands[0].is_number()) {
                return make_simple(a.operation(), {-operands[0].value(), operands[1]});
            }
            break;
        default:
            break;
    }
    return Expression::make(Operation::kNegate, {a});
}

Expression subtract(const Expression& a, const Expression& b) {
    if (b.is_number(0.0)) return a;
    if (a.is_number(0.0)) return negate(b);
    if (a == b) return 0.0;
    if (begins_with_minus(b)) return add(a, negate(b));
    return Expression::make(Operation::kSubtract, {a, b});
}

Expression add(const Expression& a, const Expression& b) {
    if (a.is_number(0.0)) return b;
    if (b.is_number(0.0)) return a;
    if (a == b) return multiply(2.0, a);
    if (begins_with_minus(b)) return subtract(a, negate(b));
    if (begins_with_minus(a)) return subtract(b, negate(a));
    return Expression::make(Operation::kAdd, {a, b});
}

Expression multiply(const Expression& a, const Expression& b) {
    if (a.is_number(0.0) || b.is_number(0.0)) return 0.0;
    const Product left = split(a);
    const Product right = split(b);
    const bool has_two_rests = left.rest && right.rest;
    if (has_two_rests && left.factor == 1.0 && right.factor == 1.0) {
        return Expression::make(Operation::kMultiply, {a, b});
    }
    Product result{left.factor * right.factor, left.rest ? left.rest : right.rest};
    const bool is_exact = std::abs(left.factor) == 1.0 || std::abs(right.factor) == 1.0;
    const bool may_join =
        is_exact || (is_tame(left.factor) && is_tame(right.factor) && is_tame(result.factor));
    if (!may_join) {
        const bool is_swapped = b.is_number() && !a.is_number();
        return Expression::make(Operation::kMultiply, {is_swapped ? b : a, is_swapped ? a : b});
    }
    if (has_two_rests) result.rest = multiply(*left.rest, *right.rest);
    // A factor that was kept apart from the old one may go with the new one.
    if (result.rest && split(*result.rest).factor != 1.0) {
        return multiply(result.factor, *result.rest);
    }
    return join(result);
}

Expression divide(const Expression& a, const Expression& b) {
    if (b.is_number(0.0)) return Expression::make(Operation::kDivide, {a, b});
    if (a.is_number(0.0)) return 0.0;
    if (b.is_number(1.0)) return a;
    if (b.is_number(-1.0)) return negate(a);
    if (a == b) return 1.0;
    const auto over = [](const Expression& c, const Expression& d) {
        return make_simple(Operation::kDivide, {c, d});
    };
    if (a.operation() == Operation::kNegate) return negate(over(a.operands()[0], b));
    if (b.operation() == Operation::kNegate) return negate(over(a, b.operands()[0]));
    const Product top = split(a);
    const Product bottom = split(b);
    const double quotient = top.factor / bottom.factor;
    // Only where nothing is rounded: 2 * x / 3 is best left as it is.
    const bool cancels = bottom.factor != 1.0 && is_tame(top.factor) && is_tame(bottom.factor) &&
                         is_tame(quotient) && quotient == std::trunc(quotient) &&
                         std::fmod(top.factor, bottom.factor) == 0.0;
    if (cancels) {
        return over(top.rest ? multiply(quotient, *top.rest) : Expression(quotient),
                    bottom.rest ? *bottom.rest : Expression(1.0));
    }
    return Expression::make(Operation::kDivide, {a, b});
}

Expression power(const Expression& a, const Expression& b) {
    if (b.is_number(0.0) || a.is_number(1.0)) return 1.0;
    if (b.is_number(1.0)) return a;
    return Expression::make(Operation::kPower, {a, b});
}

// Whether a condition always or never holds; comparisons of numbers are the constants here.
std::optional<bool> constant(const Expression& condition) {
    if (traits(condition.operation()).precedence != Precedence::kComparison) return std::nullopt;
    const auto& operands = condition.operands();
    if (!operands[0].is_number() || !operands[1].is_number()) return std::nullopt;
    return apply(condition.operation(), operands[0].value(), operands[1].value()) != 0.0;
}

// 'and' with `absorbing` false, 'or' with true: the constant that decides the result alone.
Expression junction(Operation operation, const Expression& a, const Expression& b, bool absorbing) {
    if (const auto left = constant(a)) return *left == absorbing ? a : b;
    if (const auto right = constant(b)) return *right == absorbing ? b : a;
    if (a == b) return a;
    return Expression::make(operation, {a, b});
}

Expression logical_negation(const Expression& a) {
    if (const auto value = constant(a)) return *value ? less(1.0, 0.0) : less(0.0, 1.0);
    if (a.operation() == Operation::kNot) return a.operands()[0];
    return Expression::make(Operation::kNot, {a});
}

Expression select(const Expression& condition, const Expression& a, const Expression& b) {
    if (a == b) return a;
    if (const auto value = constant(condition)) return *value ? a : b;
    if (condition.operation() == Operation::kNot) {
        return Expression::make(Operation::kSelect, {condition.operands()[0], b, a});
    }
    return Expression::make(Operation::kSelect, {condition, a, b});
}

Expression absolute(const Expression& a) {
    if (a.operation() == Operation::kAbs) return a;
    if (a.operation() == Operation::kNegate) return absolute(a.operands()[0]);
    return Expression::make(Operation::kAbs, {a});
}

// The value of an operation on numbers, where it is one.
std::optional<double> fold(Operation operation, const std::vector<Expression>& operands) {
    if (traits(operation).result != Type::kReal || operation == Operation::kSelect) return {};
    for (const Expression& operand : operands) {
        if (!operand.is_number()) return std::nullopt;
    }
    const double value = operands.size() == 1
                             ? apply(operation, operands[0].value())
                             : apply(operation, operands[0].value(), operands[1].value());
    if (!std::isfinite(value)) return std::nullopt;
    return value;
}

class Simplifier {
  public:
    Expression run(const Expression& expression) {
        if (expression.operands().empty()) return expression;
        const auto seen = done_.find(expression.identity());
        if (seen != done_.end()) return seen->second;
        std::vector<Expression> operands;
        for (const Expression& operand : expression.operands())
            operands.push_back(run(operand));
        Expression result = make_simple(expression.operation(), operands);
        done_.emplace(expression.identity(), result);
        return result;
    }

  private:
    std::unordered_map<const void*, Expression> done_;
};

}  // namespace

Expression make_simple(Operation operation, const std::vector<Expression>& operands) {
    if (const auto value = fold(operation, operands)) return *value;
    switch (operation) {
        case Operation::kNegate:
            return negate(operands[0]);
        case Operation::kAdd:
            return add(operands[0], operands[1]);
        case Operation::kSubtract:
            return subtract(operands[0], operands[1]);
        case Operation::kMultiply:
            return multiply(operands[0], operands[1]);
        case Operation::kDivide:
            return divide(operands[0], operands[1]);
        case Operation::kPower:
            return power(operands[0], operands[1]);
        case Operation::kAnd:
            return junction(operation, operands[0], operands[1], false);
        case Operation::kOr:
            return junction(operation, operands[0], operands[1], true);
        case Operation::kNot:
            return logical_negation(operands[0]);
        case Operation::kSelect:
            return select(operands[0], operands[1], operands[2]);
        case Operation::kAbs:
            return absolute(operands[0]);
        case Operation::kMin:
        case Operation::kMax:
            if (operands[0] == operands[1]) return operands[0];
            break;
        default:
            break;
    }
    return Expression::make(operation, operands);
}

Expression simplify(const Expression& expression) {
    return Simplifier().run(expression);
}

}  // namespace saltus::expr
