#include "expr/random_expression.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace saltus::expr {

RandomExpression::RandomExpression(unsigned seed, std::vector<Operation> operations,
                                   std::vector<double> numbers)
    : engine_(seed), operations_(std::move(operations)), numbers_(std::move(numbers)) {}

std::size_t RandomExpression::pick(std::size_t count) {
    return static_cast<std::size_t>(engine_() % count);
}

// Operands are drawn in braces, whose order does not depend on the compiler.
Expression RandomExpression::real(int depth) {
    if (depth <= 1 || pick(6) == 0) {
        if (pick(2) == 0) return numbers_[pick(numbers_.size())];
        return Expression::symbol(std::string(1, "xyz"[pick(3)]));
    }
    const Operation operation = operations_[pick(operations_.size())];
    switch (operation) {
        case Operation::kSelect:
            return Expression::make(operation,
                                    {condition(depth - 1), real(depth - 1), real(depth - 1)});
        case Operation::kAdd:
        case Operation::kSubtract:
        case Operation::kMultiply:
        case Operation::kDivide:
        case Operation::kPower:
        case Operation::kMin:
        case Operation::kMax: {
            const Expression left = real(depth - 1);
            // Equal operands are rare otherwise, and have rules of their own.
            const Expression right = pick(6) == 0 ? left : real(depth - 1);
            return Expression::make(operation, {left, right});
        }
        default:
            return Expression::make(operation, {real(depth - 1)});
    }
}

Expression RandomExpression::condition(int depth) {
    constexpr Operation kComparisons[] = {Operation::kLess, Operation::kLessEqual,
                                          Operation::kGreater, Operation::kGreaterEqual};
    const std::size_t kind = depth <= 2 ? 0 : pick(6);
    if (kind == 1)
        return Expression::make(Operation::kAnd, {condition(depth - 1), condition(depth - 1)});
    if (kind == 2)
        return Expression::make(Operation::kOr, {condition(depth - 1), condition(depth - 1)});
    if (kind == 3) return logical_not(condition(depth - 1));
    return Expression::make(kComparisons[pick(4)], {real(depth - 1), real(depth - 1)});
}

std::map<std::string, double> RandomExpression::point(double from, double to) {
    std::uniform_real_distribution<double> draw(from, to);
    return {{"x", draw(engine_)}, {"y", draw(engine_)}, {"z", draw(engine_)}};
}

std::map<std::string, double> RandomExpression::point(const std::vector<double>& values) {
    return {{"x", values[pick(values.size())]},
            {"y", values[pick(values.size())]},
            {"z", values[pick(values.size())]}};
}

std::vector<Operation> all_real_operations() {
    return {Operation::kNegate, Operation::kAdd,   Operation::kSubtract, Operation::kMultiply,
            Operation::kDivide, Operation::kPower, Operation::kSelect,   Operation::kExp,
            Operation::kExpm1,  Operation::kLog,   Operation::kLog1p,    Operation::kSqrt,
            Operation::kAbs,    Operation::kSin,   Operation::kCos,      Operation::kTanh,
            Operation::kMin,    Operation::kMax};
}

double value_at(const Expression& expression, const std::map<std::string, double>& point) {
    return evaluate(expression, [&point](const std::string& name) { return point.at(name); });
}

bool is_finite_at(const Expression& expression, const std::map<std::string, double>& point) {
    return std::isfinite(value_at(expression, point)) &&
           std::all_of(expression.operands().begin(), expression.operands().end(),
                       [&point](const Expression& part) { return is_finite_at(part, point); });
}

}  // namespace saltus::expr
