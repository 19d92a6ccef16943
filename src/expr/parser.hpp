#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <saltus/expr/expression.hpp>

#include "expr/lexer.hpp"

namespace saltus::expr {

/// Recursive descent over the tokens of a text. Precedence is one function a level.
class Parser {
  public:
    /// Reads `text`, which must outlive the parser, from its first token.
    explicit Parser(std::string_view text);

    /// The next token, which stays.
    const Token& peek() const { return tokens_[next_]; }
    /// The next token, which is consumed; the end stays.
    const Token& take();
    /// Consumes the next token if it is this sign.
    bool take_sign(std::string_view sign);
    /// Reads an expression up to the end of the text.
    Expression parse_to_end();
    /// Throws the error that the token has no place here.
    [[noreturn]] void fail_unexpected(const Token& token, std::string advice) const;

  private:
    Expression parse_or();
    Expression parse_and();
    Expression parse_not();
    Expression parse_comparison();
    Expression parse_sum();
    Expression parse_product();
    Expression parse_sign();
    Expression parse_power();
    Expression parse_primary();
    Expression parse_name(const Token& name);
    Expression parse_call(const Token& name, Operation function);
    void expect_closing(const Token& opening);
    Expression build(Operation operation, std::vector<Expression> operands, Position position);
    void count_node(Position position);
    [[noreturn]] void fail_at(Position position, const std::string& problem,
                              std::string advice) const;

    class Nesting;

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    std::size_t nodes_ = 0;
    std::size_t nesting_ = 0;
};

}  // namespace saltus::expr
