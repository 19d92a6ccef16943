#include "expr/operations.hpp"

#include <algorithm>
#include <cmath>

#include <saltus/common/errors.hpp>

namespace saltus::expr {
namespace {

constexpr OperationTraits infix(Operation operation, std::string_view text, Precedence precedence) {
    return {operation, text, 2, precedence, false, false, Type::kReal};
}

constexpr OperationTraits comparison(Operation operation, std::string_view text) {
    return {operation, text, 2, Precedence::kComparison, false, false, Type::kBoolean};
}

constexpr OperationTraits logical(Operation operation, std::string_view text, std::size_t count,
                                  Precedence precedence) {
    return {operation, text, count, precedence, false, true, Type::kBoolean};
}

constexpr OperationTraits function(Operation operation, std::string_view text, std::size_t count) {
    return {operation, text, count, Precedence::kPrimary, true, false, Type::kReal};
}

// In the order of the enumeration, so that an operation is an index.
constexpr std::array kOperations = {
    OperationTraits{Operation::kNumber, "", 0, Precedence::kPrimary, false, false, Type::kReal},
    OperationTraits{Operation::kSymbol, "", 0, Precedence::kPrimary, false, false, Type::kReal},
    OperationTraits{Operation::kNegate, "-", 1, Precedence::kSign, false, false, Type::kReal},
    infix(Operation::kAdd, "+", Precedence::kSum),
    infix(Operation::kSubtract, "-", Precedence::kSum),
    infix(Operation::kMultiply, "*", Precedence::kProduct),
    infix(Operation::kDivide, "/", Precedence::kProduct),
    infix(Operation::kPower, "^", Precedence::kPower),
    comparison(Operation::kLess, "<"),
    comparison(Operation::kLessEqual, "<="),
    comparison(Operation::kGreater, ">"),
    comparison(Operation::kGreaterEqual, ">="),
    logical(Operation::kAnd, "and", 2, Precedence::kAnd),
    logical(Operation::kOr, "or", 2, Precedence::kOr),
    logical(Operation::kNot, "not", 1, Precedence::kNot),
    function(Operation::kSelect, "where", 3),
    function(Operation::kExp, "exp", 1),
    function(Operation::kExpm1, "expm1", 1),
    function(Operation::kLog, "log", 1),
    function(Operation::kLog1p, "log1p", 1),
    function(Operation::kSqrt, "sqrt", 1),
    function(Operation::kAbs, "abs", 1),
    function(Operation::kSin, "sin", 1),
    function(Operation::kCos, "cos", 1),
    function(Operation::kTanh, "tanh", 1),
    function(Operation::kMin, "min", 2),
    function(Operation::kMax, "max", 2),
};

constexpr bool is_in_order() {
    for (std::size_t index = 0; index < kOperations.size(); ++index) {
        if (static_cast<std::size_t>(kOperations[index].operation) != index) return false;
    }
    return kOperations.size() == static_cast<std::size_t>(Operation::kMax) + 1;
}
static_assert(is_in_order());

}  // namespace

const OperationTraits& traits(Operation operation) {
    return kOperations[static_cast<std::size_t>(operation)];
}

std::optional<Operation> find_function(std::string_view name) {
    for (const OperationTraits& candidate : kOperations) {
        if (candidate.is_function && candidate.text == name) return candidate.operation;
    }
    return std::nullopt;
}

std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const OperationTraits& candidate : kOperations) {
        if (candidate.is_function) names.emplace_back(candidate.text);
    }
    return names;
}

bool is_reserved(std::string_view name) {
    return name == "and" || name == "or" || name == "not" || find_function(name).has_value();
}

// Not std::isalpha, which asks the locale.
bool begins_name(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

bool continues_name(char character) {
    return begins_name(character) || (character >= '0' && character <= '9');
}

double apply(Operation operation, double a) {
    switch (operation) {
        case Operation::kNegate:
            return -a;
        case Operation::kNot:
            return a == 0.0 ? 1.0 : 0.0;
        case Operation::kExp:
            return std::exp(a);
        case Operation::kExpm1:
            return std::expm1(a);
        case Operation::kLog:
            return std::log(a);
        case Operation::kLog1p:
            return std::log1p(a);
        case Operation::kSqrt:
            return std::sqrt(a);
        case Operation::kAbs:
            return std::abs(a);
        case Operation::kSin:
            return std::sin(a);
        case Operation::kCos:
            return std::cos(a);
        case Operation::kTanh:
            return std::tanh(a);
        default:
            throw InternalError("expr", "operation applied to one number");
    }
}

double apply(Operation operation, double a, double b) {
    switch (operation) {
        case Operation::kAdd:
            return a + b;
        case Operation::kSubtract:
            return a - b;
        case Operation::kMultiply:
            return a * b;
        case Operation::kDivide:
            return a / b;
        case Operation::kPower:
            return std::pow(a, b);
        case Operation::kLess:
            return a < b ? 1.0 : 0.0;
        case Operation::kLessEqual:
            return a <= b ? 1.0 : 0.0;
        case Operation::kGreater:
            return a > b ? 1.0 : 0.0;
        case Operation::kGreaterEqual:
            return a >= b ? 1.0 : 0.0;
        case Operation::kMin:
            return b < a ? b : a;
        case Operation::kMax:
            return a < b ? b : a;
        default:
            throw InternalError("expr", "operation applied to two numbers");
    }
}

}  // namespace saltus::expr
