#include "expr/parser.hpp"

#include <utility>

#include "common/text.hpp"
#include "expr/diagnostics.hpp"
#include "expr/operations.hpp"

namespace saltus::expr {
namespace {

// A printed expression has at most a pair of parentheses and a sign for each level of its tree.
constexpr std::size_t kMaximumNesting = 2 * kMaximumParsedDepth;

}  // namespace

// Bounds the recursion: every function that calls a weaker level or itself holds one.
class Parser::Nesting {
  public:
    Nesting(Parser& parser, Position position) : parser_(parser) {
        if (parser_.nesting_ == kMaximumNesting) {
            parser_.fail_at(position, "more than " + std::to_string(kMaximumNesting) + " levels",
                            "split the expression into several variables");
        }
        ++parser_.nesting_;
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --parser_.nesting_; }

  private:
    Parser& parser_;
};

Parser::Parser(std::string_view text) : text_(text), tokens_(tokenize(text)) {}

const Token& Parser::take() {
    const Token& token = tokens_[next_];
    if (token.kind != TokenKind::kEnd) ++next_;
    return token;
}

bool Parser::take_sign(std::string_view sign) {
    if (peek().kind != TokenKind::kSign || peek().text != sign) return false;
    take();
    return true;
}

Expression Parser::parse_to_end() {
    Expression result = parse_or();
    if (peek().kind == TokenKind::kEnd) return result;
    if (peek().kind == TokenKind::kSign && peek().text == "=") {
        fail_unexpected(peek(), "assign in an equation of its own, and compare with '<=' or '>='");
    }
    if (peek().kind == TokenKind::kSign && (peek().text == "==" || peek().text == "!=")) {
        fail_unexpected(peek(), "reals are seldom equal, compare with '<=' or '>='");
    }
    if (peek().kind == TokenKind::kSign && peek().text == ")") {
        fail_unexpected(peek(), "remove it or open the parenthesis that it closes");
    }
    fail_unexpected(peek(), "put an operator before it or remove it");
}

Expression Parser::parse_or() {
    Expression left = parse_and();
    while (take_sign("or"))
        left = build(Operation::kOr, {left, parse_and()}, left.position());
    return left;
}

Expression Parser::parse_and() {
    Expression left = parse_not();
    while (take_sign("and"))
        left = build(Operation::kAnd, {left, parse_not()}, left.position());
    return left;
}

Expression Parser::parse_not() {
    const Position position = peek().position;
    if (!take_sign("not")) return parse_comparison();
    const Nesting nesting(*this, position);
    return build(Operation::kNot, {parse_not()}, position);
}

Expression Parser::parse_comparison() {
    const auto take_comparison = [this](Operation& operation) {
        for (const Operation candidate : {Operation::kLess, Operation::kLessEqual,
                                          Operation::kGreater, Operation::kGreaterEqual}) {
            operation = candidate;
            if (take_sign(traits(candidate).text)) return true;
        }
        return false;
    };
    Operation operation = Operation::kLess;
    const Expression left = parse_sum();
    if (!take_comparison(operation)) return left;
    const Expression right = parse_sum();
    const Position position = peek().position;
    if (Operation second = operation; take_comparison(second)) {
        fail_at(position, "a second comparison '" + std::string(traits(second).text) + "'",
                "join comparisons with 'and', as in 0 < v and v < 1");
    }
    return build(operation, {left, right}, left.position());
}

Expression Parser::parse_sum() {
    Expression left = parse_product();
    for (;;) {
        if (take_sign("+")) {
            left = build(Operation::kAdd, {left, parse_product()}, left.position());
        } else if (take_sign("-")) {
            left = build(Operation::kSubtract, {left, parse_product()}, left.position());
        } else {
            return left;
        }
    }
}

Expression Parser::parse_product() {
    Expression left = parse_sign();
    for (;;) {
        if (take_sign("*")) {
            left = build(Operation::kMultiply, {left, parse_sign()}, left.position());
        } else if (take_sign("/")) {
            left = build(Operation::kDivide, {left, parse_sign()}, left.position());
        } else {
            return left;
        }
    }
}

Expression Parser::parse_sign() {
    const Position position = peek().position;
    if (take_sign("-")) {
        const Nesting nesting(*this, position);
        return build(Operation::kNegate, {parse_sign()}, position);
    }
    if (take_sign("+")) {
        const Nesting nesting(*this, position);
        return parse_sign();
    }
    return parse_power();
}

Expression Parser::parse_power() {
    const Expression base = parse_primary();
    const Position position = peek().position;
    if (!take_sign("^")) return base;
    const Nesting nesting(*this, position);
    return build(Operation::kPower, {base, parse_sign()}, base.position());
}

Expression Parser::parse_primary() {
    const Token token = take();
    if (token.kind == TokenKind::kNumber) {
        count_node(token.position);
        return Expression::number(token.value, token.position);
    }
    if (token.kind == TokenKind::kName) return parse_name(token);
    if (token.kind == TokenKind::kSign && token.text == "(") {
        const Nesting nesting(*this, token.position);
        const Expression inner = parse_or();
        expect_closing(token);
        return inner;
    }
    fail_unexpected(token, "put a number, a name or a parenthesis there");
}

Expression Parser::parse_name(const Token& name) {
    const bool is_call = peek().kind == TokenKind::kSign && peek().text == "(";
    const std::string quoted = "'" + std::string(name.text) + "'";
    if (const auto function = find_function(name.text)) {
        if (is_call) return parse_call(name, *function);
        fail_at(name.position, "the function " + quoted + " without its operands",
                "write them in parentheses, or choose another name for a variable");
    }
    if (is_call) {
        fail_at(name.position, quoted + " is not a function",
                suggest(name.text, function_names()) + ", and products are written with '*'");
    }
    count_node(name.position);
    return Expression::symbol(std::string(name.text), name.position);
}

Expression Parser::parse_call(const Token& name, Operation function) {
    const Token opening = take();
    const Nesting nesting(*this, opening.position);
    std::vector<Expression> operands;
    if (!(peek().kind == TokenKind::kSign && peek().text == ")")) {
        do {
            operands.push_back(parse_or());
        } while (take_sign(","));
    }
    expect_closing(opening);
    const std::size_t expected = traits(function).operand_count;
    if (operands.size() != expected) {
        fail_at(name.position,
                "'" + std::string(name.text) + "' takes " + std::to_string(expected) +
                    (expected == 1 ? " operand" : " operands") + ", got " +
                    std::to_string(operands.size()),
                function == Operation::kSelect ? "write where(condition, value, other)"
                                               : "separate operands with ','");
    }
    return build(function, std::move(operands), name.position);
}

void Parser::expect_closing(const Token& opening) {
    if (take_sign(")")) return;
    if (peek().kind == TokenKind::kEnd) {
        fail_at(opening.position, "'(' is never closed", "add the missing ')'");
    }
    fail_unexpected(peek(), "put an operator or ')' before it");
}

Expression Parser::build(Operation operation, std::vector<Expression> operands, Position position) {
    count_node(position);
    Expression result = Expression::make(operation, std::move(operands), position);
    if (result.depth() > kMaximumParsedDepth) {
        fail_at(position, "more than " + std::to_string(kMaximumParsedDepth) + " levels",
                "split the expression into several variables");
    }
    return result;
}

void Parser::count_node(Position position) {
    if (++nodes_ <= kMaximumParsedNodes) return;
    fail_at(position, "more than " + std::to_string(kMaximumParsedNodes) + " operations and names",
            "split the expression into several variables");
}

void Parser::fail_at(Position position, const std::string& problem, std::string advice) const {
    throw error_at(text_, position, problem, std::move(advice));
}

void Parser::fail_unexpected(const Token& token, std::string advice) const {
    const std::string what = token.kind == TokenKind::kEnd
                                 ? "unexpected end"
                                 : "unexpected '" + printable(token.text) + "'";
    fail_at(token.position, what, std::move(advice));
}

Expression parse(std::string_view text) {
    return Parser(text).parse_to_end();
}

}  // namespace saltus::expr
