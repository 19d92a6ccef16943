#include <functional>
#include <limits>

#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/expr/equation.hpp>

namespace saltus::expr {
namespace {

std::string message_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const ModelError& error) {
        return error.what();
    }
    return "no error";
}

std::string parse_message(const std::string& text) {
    return message_of([&text] { parse(text); });
}

std::string check_message(const std::string& text) {
    return message_of([&text] { check(parse(text), {"v", "tau_mem", "v_thresh"}, text); });
}

std::string equation_message(const std::string& text) {
    return message_of([&text] { parse_equation(text); });
}

TEST(ExpressionErrors, NameLineAndColumnAsFields) {
    try {
        parse("a +\n  b ) / tau");
        FAIL() << "expected a ModelError";
    } catch (const ModelError& error) {
        EXPECT_EQ(error.where(), "equation");
        EXPECT_EQ(error.field("line"), "2");
        EXPECT_EQ(error.field("column"), "5");
        EXPECT_EQ(error.problem(), "line 2, column 5: unexpected ')' in \"  b ) / tau\"");
    }
}

TEST(ExpressionErrors, UnexpectedTokens) {
    EXPECT_EQ(parse_message("(i - v) ) / tau"),
              "[equation] line 1, column 9: unexpected ')' in \"(i - v) ) / tau\"; remove it or "
              "open the parenthesis that it closes");
    EXPECT_EQ(parse_message("a b"),
              "[equation] line 1, column 3: unexpected 'b' in \"a b\"; put an operator before it "
              "or remove it");
    EXPECT_EQ(parse_message("a + * b"),
              "[equation] line 1, column 5: unexpected '*' in \"a + * b\"; put a number, a name or "
              "a parenthesis there");
    EXPECT_EQ(parse_message(""),
              "[equation] line 1, column 1: unexpected end in \"\"; put a number, a name or a "
              "parenthesis there");
    EXPECT_EQ(parse_message("a = b"),
              "[equation] line 1, column 3: unexpected '=' in \"a = b\"; assign in an equation of "
              "its own, and compare with '<=' or '>='");
    EXPECT_EQ(parse_message("a == b"),
              "[equation] line 1, column 3: unexpected '==' in \"a == b\"; reals are seldom equal, "
              "compare with '<=' or '>='");
    EXPECT_EQ(parse_message("a < b <= c"),
              "[equation] line 1, column 7: a second comparison '<=' in \"a < b <= c\"; join "
              "comparisons with 'and', as in 0 < v and v < 1");
}

TEST(ExpressionErrors, Parentheses) {
    EXPECT_EQ(parse_message("a * (b + c"),
              "[equation] line 1, column 5: '(' is never closed in \"a * (b + c\"; add the missing "
              "')'");
    EXPECT_EQ(parse_message("(a b)"),
              "[equation] line 1, column 4: unexpected 'b' in \"(a b)\"; put an operator or ')' "
              "before it");
}

TEST(ExpressionErrors, Functions) {
    EXPECT_EQ(parse_message("exp + 1"),
              "[equation] line 1, column 1: the function 'exp' without its operands in \"exp + "
              "1\"; write them in parentheses, or choose another name for a variable");
    EXPECT_EQ(parse_message("exp(a, b)"),
              "[equation] line 1, column 1: 'exp' takes 1 operand, got 2 in \"exp(a, b)\"; "
              "separate operands with ','");
    EXPECT_EQ(parse_message("min()"),
              "[equation] line 1, column 1: 'min' takes 2 operands, got 0 in \"min()\"; separate "
              "operands with ','");
    EXPECT_EQ(parse_message("where(a < b, c)"),
              "[equation] line 1, column 1: 'where' takes 3 operands, got 2 in \"where(a < b, "
              "c)\"; write where(condition, value, other)");
    EXPECT_EQ(parse_message("tan(a)"),
              "[equation] line 1, column 1: 'tan' is not a function in \"tan(a)\"; did you mean "
              "'tanh'? (known are where, exp, expm1, log, log1p, sqrt, abs, sin, cos, tanh, min "
              "and max), and products are written with '*'");
}

TEST(ExpressionErrors, Numbers) {
    EXPECT_EQ(parse_message("2x"),
              "[equation] line 1, column 1: '2x' is not a number in \"2x\"; write numbers like 1, "
              "0.5 or 1e-3, and products with '*'");
    EXPECT_EQ(parse_message("1.2.3"),
              "[equation] line 1, column 1: '1.2.3' is not a number in \"1.2.3\"; write numbers "
              "like 1, 0.5 or 1e-3, and products with '*'");
    EXPECT_EQ(parse_message("a + 1e999"),
              "[equation] line 1, column 5: '1e999' is outside the range of numbers in \"a + "
              "1e999\"; numbers reach from 1e-307 to 1e308");
}

TEST(ExpressionErrors, Characters) {
    EXPECT_EQ(parse_message("v / \xCF\x84"),
              "[equation] line 1, column 5: unexpected character '\xCF\x84' in \"v / \xCF\x84\"; "
              "write names with letters, digits and '_'");
    EXPECT_EQ(parse_message("a & b"),
              "[equation] line 1, column 3: unexpected character '&' in \"a & b\"; write 'and' or "
              "'&&'");
    EXPECT_EQ(parse_message("a | b"),
              "[equation] line 1, column 3: unexpected character '|' in \"a | b\"; write 'or' or "
              "'||'");
    EXPECT_EQ(parse_message("."),
              "[equation] line 1, column 1: unexpected character '.' in \".\"; write numbers like "
              "1, 0.5 or 1e-3");
}

TEST(ExpressionErrors, AreValidUtf8WhateverTheText) {
    EXPECT_EQ(parse_message(std::string("a\0b", 3)),
              "[equation] line 1, column 2: unexpected character '\\x00' in \"a\\x00b\"; write "
              "names with letters, digits and '_'");
    // A lone continuation, an overlong form, a surrogate and a cut character.
    EXPECT_EQ(parse_message("\x80\xC0\xAF\xED\xA0\x80\xE2\x82"),
              "[equation] line 1, column 1: unexpected character '\\x80' in "
              "\"\\x80\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82\"; write names with letters, digits and "
              "'_'");
}

TEST(ExpressionErrors, QuoteOnlyWhatStandsAround) {
    const std::string sum(40, '1');
    EXPECT_EQ(parse_message(sum + " ? " + sum),
              "[equation] line 1, column 42: unexpected character '?' in "
              "\"...11111111111111111111111111111 ? 1111111111111111111111111111...\"; write names "
              "with letters, digits and '_'");
}

TEST(ExpressionErrors, Types) {
    EXPECT_EQ(check_message("v / tau_men"),
              "[equation] line 1, column 5: unknown name 'tau_men' in \"v / tau_men\"; did you "
              "mean 'tau_mem'? (known are v, tau_mem and v_thresh)");
    EXPECT_EQ(check_message("v + (v < 1)"),
              "[equation] line 1, column 6: '+' needs a number, but \"v < 1\" is a condition in "
              "\"v + (v < 1)\"; turn it into a number with where(condition, 1, 0)");
    EXPECT_EQ(check_message("v < 1 and 2 * v"),
              "[equation] line 1, column 11: 'and' needs a condition, but \"2 * v\" is a number in "
              "\"v < 1 and 2 * v\"; compare it, as in v > 0");
    EXPECT_EQ(check_message("where(1, v, 0)"),
              "[equation] line 1, column 7: 'where' needs a condition, but \"1\" is a number in "
              "\"where(1, v, 0)\"; compare it, as in v > 0");
    EXPECT_EQ(check_message("not -v"),
              "[equation] line 1, column 5: 'not' needs a condition, but \"-v\" is a number in "
              "\"not -v\"; compare it, as in v > 0");
    EXPECT_EQ(check_message("exp(v < 1)"),
              "[equation] line 1, column 5: 'exp' needs a number, but \"v < 1\" is a condition in "
              "\"exp(v < 1)\"; turn it into a number with where(condition, 1, 0)");
}

TEST(ExpressionErrors, TypesOfBuiltExpressionsQuoteThemPrinted) {
    const Expression v = Expression::symbol("v");
    EXPECT_EQ(message_of([&] { check(v * 2.0, {}); }),
              "[equation] unknown name 'v' in \"v * 2\"; there is none to choose from");
    EXPECT_EQ(message_of([&] { check(logical_not(v), {"v"}); }),
              "[equation] 'not' needs a condition, but \"v\" is a number in \"not v\"; compare it, "
              "as in v > 0");
}

TEST(ExpressionErrors, Derivatives) {
    EXPECT_EQ(message_of([] { derivative(parse("v < 1"), "v"); }),
              "[equation] a condition has no derivative in \"v < 1\"; turn it into a number with "
              "where(condition, 1, 0)");
}

TEST(ExpressionErrors, Equations) {
    const std::string forms = "; write 'dv/dt = ...' or 'v = ...'";
    EXPECT_EQ(equation_message("= 3"),
              "[equation] line 1, column 1: unexpected '=' in \"= 3\"" + forms);
    EXPECT_EQ(equation_message("v"),
              "[equation] line 1, column 2: unexpected end in \"v\"" + forms);
    EXPECT_EQ(equation_message("v >= 1"),
              "[equation] line 1, column 3: unexpected '>=' in \"v >= 1\"" + forms);
    EXPECT_EQ(equation_message("dv/dx = v"),
              "[equation] line 1, column 1: the left side 'dv/dx' is no derivative in time in "
              "\"dv/dx = v\"" +
                  forms);
    EXPECT_EQ(equation_message("d/dt = v"),
              "[equation] line 1, column 1: the left side 'd/dt' is no derivative in time in "
              "\"d/dt = v\"" +
                  forms);
    EXPECT_EQ(equation_message("exp = v"),
              "[equation] line 1, column 1: 'exp' is a function and cannot be assigned in \"exp = "
              "v\"; choose another name");
    EXPECT_EQ(equation_message("d1/dt = v"),
              "[equation] line 1, column 1: '1' cannot be a variable in \"d1/dt = v\"; choose "
              "another name");
    EXPECT_EQ(equation_message("dv/dt += v"),
              "[equation] line 1, column 7: unexpected '+=' in \"dv/dt += v\"; a derivative is "
              "given with '='");
    EXPECT_EQ(equation_message("dv/dt = (i - v"),
              "[equation] line 1, column 9: '(' is never closed in \"dv/dt = (i - v\"; add the "
              "missing ')'");
}

TEST(ExpressionErrors, Thresholds) {
    EXPECT_EQ(message_of([] { crossing(parse("v - 1")); }),
              "[equation] a threshold is not a single comparison in \"v - 1\"; write one, as in v "
              ">= v_thresh");
    EXPECT_EQ(message_of([] { crossing(parse("v > 1 and i > 0")); }),
              "[equation] a threshold is not a single comparison in \"v > 1 and i > 0\"; write "
              "one, as in v >= v_thresh");
    EXPECT_EQ(message_of([] { crossing(parse("v > (i > 0)")); }),
              "[equation] '>' needs a number, but \"i > 0\" is a condition in \"v > (i > 0)\"; "
              "turn it into a number with where(condition, 1, 0)");
}

TEST(ExpressionErrors, BuiltExpressions) {
    EXPECT_EQ(message_of([] { Expression{std::numeric_limits<double>::infinity()}; }),
              "[equation] a constant is inf; use finite numbers only");
    EXPECT_EQ(message_of([] { Expression::symbol("a-b"); }),
              "[equation] 'a-b' is not a name; use letters, digits and '_', and begin with a "
              "letter or '_'");
    EXPECT_EQ(message_of([] { Expression::symbol("min"); }),
              "[equation] 'min' is reserved and cannot name a variable; choose another name");
    EXPECT_EQ(message_of([] { Expression::make(Operation::kAdd, {1.0}); }),
              "[equation] '+' takes 2 operands, got 1; give as many as it takes");
    EXPECT_EQ(message_of([] { Expression::make(Operation::kSymbol, {}); }),
              "[equation] numbers and names are not made from operands; use Expression(value) or "
              "Expression::symbol(name)");
}

}  // namespace
}  // namespace saltus::expr
