#include <algorithm>
#include <unordered_map>

#include <saltus/expr/expression.hpp>

#include "expr/diagnostics.hpp"
#include "expr/simplify.hpp"

namespace saltus::expr {
namespace {

Expression sum(const Expression& a, const Expression& b) {
    return make_simple(Operation::kAdd, {a, b});
}

Expression difference(const Expression& a, const Expression& b) {
    return make_simple(Operation::kSubtract, {a, b});
}

Expression product(const Expression& a, const Expression& b) {
    return make_simple(Operation::kMultiply, {a, b});
}

Expression quotient(const Expression& a, const Expression& b) {
    return make_simple(Operation::kDivide, {a, b});
}

Expression power(const Expression& a, const Expression& b) {
    return make_simple(Operation::kPower, {a, b});
}

Expression function(Operation operation, const Expression& a) {
    return make_simple(operation, {a});
}

// The slope of a ^ b in whichever of the two varies.
Expression power_rule(const Expression& whole, const Expression& slope_a,
                      const Expression& slope_b) {
    const Expression& a = whole.operands()[0];
    const Expression& b = whole.operands()[1];
    if (slope_b.is_number(0.0)) {
        return product(product(b, power(a, difference(b, 1.0))), slope_a);
    }
    const Expression logarithm = function(Operation::kLog, a);
    if (slope_a.is_number(0.0)) return product(product(whole, logarithm), slope_b);
    return product(whole, sum(product(slope_b, logarithm), quotient(product(b, slope_a), a)));
}

// The derivative of a function of one number by that number.
Expression outer_slope(const Expression& whole) {
    const Expression& a = whole.operands()[0];
    switch (whole.operation()) {
        case Operation::kExp:
            return whole;
        case Operation::kExpm1:
            return function(Operation::kExp, a);
        case Operation::kSin:
            return function(Operation::kCos, a);
        case Operation::kCos:
            return function(Operation::kNegate, function(Operation::kSin, a));
        case Operation::kTanh:
            return difference(1.0, product(whole, whole));
        default:
            throw InternalError("expr", "derivative of an unknown function");
    }
}

class Derivative {
  public:
    explicit Derivative(std::string_view symbol) : symbol_(symbol) {}

    // The expression must be simplified.
    Expression of(const Expression& expression) {
        if (expression.is_number()) return 0.0;
        if (expression.is_symbol()) return expression.name() == symbol_ ? 1.0 : 0.0;
        if (expression.is_condition()) {
            throw error_in(expression, "a condition has no derivative",
                           "turn it into a number with where(condition, 1, 0)");
        }
        const auto seen = done_.find(expression.identity());
        if (seen != done_.end()) return seen->second;
        Expression result = rule(expression);
        done_.emplace(expression.identity(), result);
        return result;
    }

  private:
    Expression rule(const Expression& whole) {
        const std::vector<Expression>& operands = whole.operands();
        if (whole.operation() == Operation::kSelect) {
            return make_simple(Operation::kSelect, {operands[0], of(operands[1]), of(operands[2])});
        }
        std::vector<Expression> slopes;
        for (const Expression& operand : operands)
            slopes.push_back(of(operand));
        const bool is_constant = std::all_of(slopes.begin(), slopes.end(),
                                             [](const auto& slope) { return slope.is_number(0); });
        if (is_constant) return 0.0;
        return operands.size() == 1 ? unary_rule(whole, slopes[0])
                                    : binary_rule(whole, slopes[0], slopes[1]);
    }

    static Expression unary_rule(const Expression& whole, const Expression& slope) {
        const Expression& a = whole.operands()[0];
        switch (whole.operation()) {
            case Operation::kNegate:
                return function(Operation::kNegate, slope);
            case Operation::kLog:
                return quotient(slope, a);
            case Operation::kLog1p:
                return quotient(slope, sum(1.0, a));
            case Operation::kSqrt:
                return quotient(slope, product(2.0, whole));
            case Operation::kAbs:
                return make_simple(Operation::kSelect,
                                   {less(a, 0.0), function(Operation::kNegate, slope), slope});
            default:
                return product(outer_slope(whole), slope);
        }
    }

    static Expression binary_rule(const Expression& whole, const Expression& slope_a,
                                  const Expression& slope_b) {
        const Expression& a = whole.operands()[0];
        const Expression& b = whole.operands()[1];
        switch (whole.operation()) {
            case Operation::kAdd:
                return sum(slope_a, slope_b);
            case Operation::kSubtract:
                return difference(slope_a, slope_b);
            case Operation::kMultiply:
                return sum(product(slope_a, b), product(a, slope_b));
            case Operation::kDivide:
                // Not the textbook's square of b, which overflows or vanishes earlier.
                return quotient(difference(slope_a, product(whole, slope_b)), b);
            case Operation::kPower:
                return power_rule(whole, slope_a, slope_b);
            case Operation::kMin:
                return make_simple(Operation::kSelect, {less_equal(a, b), slope_a, slope_b});
            case Operation::kMax:
                return make_simple(Operation::kSelect, {greater_equal(a, b), slope_a, slope_b});
            default:
                throw InternalError("expr", "derivative of an unknown operation");
        }
    }

    std::string_view symbol_;
    std::unordered_map<const void*, Expression> done_;
};

}  // namespace

Expression derivative(const Expression& expression, std::string_view symbol) {
    return Derivative(symbol).of(simplify(expression));
}

}  // namespace saltus::expr
