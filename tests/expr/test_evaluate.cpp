#include <cmath>

#include <gtest/gtest.h>
#include <saltus/expr/expression.hpp>

#include "expr/random_expression.hpp"

namespace saltus::expr {
namespace {

double value(const std::string& text) {
    return value_at(parse(text), {{"x", 0.5}, {"y", -2.0}, {"z", 3.0}});
}

TEST(Evaluate, Arithmetic) {
    EXPECT_EQ(value("1 + 2 * 3 - 4 / 8"), 6.5);
    EXPECT_EQ(value("2^3^2"), 512.0);
    EXPECT_EQ(value("-x^2"), -0.25);
    EXPECT_EQ(value("x * y + z"), 2.0);
}

TEST(Evaluate, Functions) {
    EXPECT_EQ(value("exp(x)"), std::exp(0.5));
    EXPECT_EQ(value("expm1(x)"), std::expm1(0.5));
    EXPECT_EQ(value("log(x)"), std::log(0.5));
    EXPECT_EQ(value("log1p(x)"), std::log1p(0.5));
    EXPECT_EQ(value("sqrt(x)"), std::sqrt(0.5));
    EXPECT_EQ(value("abs(y)"), 2.0);
    EXPECT_EQ(value("sin(x)"), std::sin(0.5));
    EXPECT_EQ(value("cos(x)"), std::cos(0.5));
    EXPECT_EQ(value("tanh(x)"), std::tanh(0.5));
    EXPECT_EQ(value("min(x, y)"), -2.0);
    EXPECT_EQ(value("max(x, y)"), 0.5);
}

TEST(Evaluate, ConditionsAreZeroOrOne) {
    EXPECT_EQ(value("x < y"), 0.0);
    EXPECT_EQ(value("x <= 0.5"), 1.0);
    EXPECT_EQ(value("x > y and y >= -2"), 1.0);
    EXPECT_EQ(value("x < y or z < 0"), 0.0);
    EXPECT_EQ(value("not x < y"), 1.0);
}

TEST(Evaluate, OnlyTheChosenBranch) {
    const Expression expression = parse("where(x > 0, x, unknown)");
    EXPECT_EQ(value_at(expression, {{"x", 1.0}}), 1.0);
    EXPECT_THROW(value_at(expression, {{"x", -1.0}}), std::out_of_range);
}

TEST(Substitute, ReplacesAllAtOnce) {
    const Expression swapped = substitute(
        parse("x - y"), {{"x", Expression::symbol("y")}, {"y", Expression::symbol("x")}});
    EXPECT_EQ(to_string(swapped), "y - x");
    EXPECT_EQ(to_string(substitute(parse("a * b + exp(a)"), {{"a", parse("c + 1")}})),
              "(c + 1) * b + exp(c + 1)");
}

TEST(Substitute, SharesWhatStaysTheSame) {
    const Expression expression = parse("exp(a) * b");
    const Expression result = substitute(expression, {{"b", 2.0}});
    EXPECT_EQ(result.operands()[0].identity(), expression.operands()[0].identity());
    EXPECT_EQ(substitute(expression, {{"c", 1.0}}).identity(), expression.identity());
}

TEST(Symbols, AreSortedAndUnique) {
    EXPECT_EQ(symbols(parse("b * a + exp(b) - where(c < a, 1, 2)")),
              (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(symbols(parse("1 + 2")).empty());
    EXPECT_TRUE(depends_on(parse("a + b"), "b"));
    EXPECT_FALSE(depends_on(parse("a + b"), "c"));
}

TEST(Expression, EqualityIsStructural) {
    EXPECT_EQ(parse("a + b"), parse("a+b"));
    EXPECT_NE(parse("a + b"), parse("b + a"));
    EXPECT_NE(parse("a + b"), parse("a - b"));
    EXPECT_NE(parse("1"), parse("a"));
    EXPECT_EQ(parse("a + b").hash(), parse("a + b").hash());
    EXPECT_EQ(Expression(), Expression(0.0));
    EXPECT_EQ(Expression(0.0), Expression(-0.0));
    EXPECT_TRUE(parse("2").is_number(2.0));
    EXPECT_FALSE(parse("a").is_number());
    EXPECT_TRUE(parse("a").is_symbol());
}

TEST(Expression, MovedFromKeepsItsValue) {
    Expression original = parse("a + b");
    const Expression moved = std::move(original);
    EXPECT_EQ(to_string(original), "a + b");
    EXPECT_EQ(to_string(moved), "a + b");
}

TEST(Check, YieldsTheType) {
    EXPECT_EQ(check(parse("a + 1"), {"a"}), Type::kReal);
    EXPECT_EQ(check(parse("a > 1 or not a < 0"), {"a"}), Type::kBoolean);
    EXPECT_EQ(check(parse("where(a > 1, a, 0)"), {"a"}), Type::kReal);
}

}  // namespace
}  // namespace saltus::expr
