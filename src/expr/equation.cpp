#include <saltus/expr/equation.hpp>

#include <optional>
#include <utility>

#include "expr/diagnostics.hpp"
#include "expr/operations.hpp"
#include "expr/parser.hpp"
#include "expr/types.hpp"

namespace saltus::expr {
namespace {

constexpr const char* kForms = "write 'dv/dt = ...' or 'v = ...'";

// What "v += e" does to v besides assigning; kNumber for "=".
std::optional<Operation> take_assignment(Parser& parser) {
    if (parser.take_sign("=")) return Operation::kNumber;
    if (parser.take_sign("+=")) return Operation::kAdd;
    if (parser.take_sign("-=")) return Operation::kSubtract;
    if (parser.take_sign("*=")) return Operation::kMultiply;
    if (parser.take_sign("/=")) return Operation::kDivide;
    return std::nullopt;
}

Token take_target(Parser& parser, std::string_view text) {
    const Token name = parser.take();
    if (name.kind != TokenKind::kName) parser.fail_unexpected(name, kForms);
    if (is_reserved(name.text)) {
        throw error_at(text, name.position,
                       "'" + std::string(name.text) + "' is a function and cannot be assigned",
                       "choose another name");
    }
    return name;
}

// Consumes the "/dt" of "dv/dt" and returns the "v".
std::string take_denominator(Parser& parser, const Token& numerator, std::string_view text) {
    const Token denominator = parser.take();
    const bool is_derivative =
        numerator.text.size() > 1 && numerator.text[0] == 'd' && denominator.text == "dt";
    if (!is_derivative) {
        throw error_at(text, numerator.position,
                       "the left side '" + std::string(numerator.text) + "/" +
                           printable(denominator.text) + "' is no derivative in time",
                       kForms);
    }
    const std::string target(numerator.text.substr(1));
    if (!begins_name(target[0]) || is_reserved(target)) {
        throw error_at(text, numerator.position, "'" + target + "' cannot be a variable",
                       "choose another name");
    }
    return target;
}

}  // namespace

Equation parse_equation(std::string_view text) {
    Parser parser(text);
    const Token name = take_target(parser, text);
    Equation equation;
    equation.target = std::string(name.text);
    if (parser.take_sign("/")) {
        equation.target = take_denominator(parser, name, text);
        equation.is_derivative = true;
    }
    const Token sign = parser.peek();
    const std::optional<Operation> update = take_assignment(parser);
    if (!update) parser.fail_unexpected(sign, kForms);
    if (equation.is_derivative && *update != Operation::kNumber) {
        parser.fail_unexpected(sign, "a derivative is given with '='");
    }
    equation.right = parser.parse_to_end();
    if (*update != Operation::kNumber) {
        const Expression target = Expression::symbol(equation.target, name.position);
        equation.right = Expression::make(*update, {target, equation.right}, name.position);
    }
    return equation;
}

Expression crossing(const Expression& condition) {
    const bool is_comparison = traits(condition.operation()).precedence == Precedence::kComparison;
    if (!is_comparison) {
        throw error_in(condition, "a threshold is not a single comparison",
                       "write one, as in v >= v_thresh");
    }
    infer_type(condition, nullptr, {});
    const Expression& left = condition.operands()[0];
    const Expression& right = condition.operands()[1];
    const bool rises = condition.operation() == Operation::kGreater ||
                       condition.operation() == Operation::kGreaterEqual;
    return simplify(rises ? left - right : right - left);
}

}  // namespace saltus::expr
