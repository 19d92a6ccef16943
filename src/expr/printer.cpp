#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include <saltus/common/errors.hpp>
#include <saltus/expr/expression.hpp>

#include "expr/operations.hpp"

namespace saltus::expr {
namespace {

// Shortest digits that read back as the same number, without an exponent where that stays short.
std::string number_text(double value) {
    std::array<char, 64> buffer;
    const double size = std::abs(value);
    const bool is_plain = value == 0.0 || (size >= 1e-4 && size < 1e15);
    const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
    if (error != std::errc()) throw InternalError("expr", "number too long to print");
    return {buffer.data(), end};
}

Precedence precedence_of(const Expression& expression) {
    const bool is_negative = expression.is_number() && std::signbit(expression.value());
    return is_negative ? Precedence::kSign : traits(expression.operation()).precedence;
}

class Printer {
  public:
    std::string run(const Expression& expression) {
        print(expression);
        return std::move(text_);
    }

  private:
    void print(const Expression& expression) {
        const OperationTraits& rule = traits(expression.operation());
        if (expression.is_number()) {
            text_ += number_text(expression.value());
        } else if (expression.is_symbol()) {
            text_ += expression.name();
        } else if (rule.is_function) {
            print_call(expression, rule);
        } else if (rule.operand_count == 1) {
            print_prefix(expression, rule);
        } else {
            print_infix(expression, rule);
        }
    }

    void print_call(const Expression& expression, const OperationTraits& rule) {
        text_ += rule.text;
        text_ += '(';
        bool is_first = true;
        for (const Expression& operand : expression.operands()) {
            if (!is_first) text_ += ", ";
            is_first = false;
            print(operand);
        }
        text_ += ')';
    }

    void print_prefix(const Expression& expression, const OperationTraits& rule) {
        const bool is_negation = rule.operation == Operation::kNegate;
        text_ += is_negation ? "-" : "not ";
        // Not "--a", which other languages read as something else.
        print_operand(expression.operands()[0], is_negation ? Precedence::kPower : rule.precedence);
    }

    void print_infix(const Expression& expression, const OperationTraits& rule) {
        const auto stronger = static_cast<Precedence>(static_cast<int>(rule.precedence) + 1);
        const bool is_power = rule.operation == Operation::kPower;
        const bool is_comparison = rule.precedence == Precedence::kComparison;
        print_operand(expression.operands()[0],
                      is_power || is_comparison ? stronger : rule.precedence);
        if (!is_power) text_ += ' ';
        text_ += rule.text;
        if (!is_power) text_ += ' ';
        print_operand(expression.operands()[1], is_power ? Precedence::kSign : stronger);
    }

    void print_operand(const Expression& operand, Precedence weakest) {
        const bool needs_parentheses = precedence_of(operand) < weakest;
        if (needs_parentheses) text_ += '(';
        print(operand);
        if (needs_parentheses) text_ += ')';
    }

    std::string text_;
};

}  // namespace

std::string to_string(const Expression& expression) {
    return Printer().run(expression);
}

}  // namespace saltus::expr
