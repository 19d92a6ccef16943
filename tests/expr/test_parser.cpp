#include <gtest/gtest.h>
#include <saltus/expr/expression.hpp>

#include "expr/random_expression.hpp"

namespace saltus::expr {
namespace {

const Expression a = Expression::symbol("a");
const Expression b = Expression::symbol("b");
const Expression c = Expression::symbol("c");

TEST(Parser, SumsAndProductsGroupFromTheLeft) {
    EXPECT_EQ(parse("a - b - c"), (a - b) - c);
    EXPECT_EQ(parse("a / b * c"), (a / b) * c);
    EXPECT_EQ(parse("a - (b - c)"), a - (b - c));
}

TEST(Parser, ProductsBindStrongerThanSums) {
    EXPECT_EQ(parse("a + b * c"), a + b * c);
    EXPECT_EQ(parse("(a + b) * c"), (a + b) * c);
}

TEST(Parser, PowersGroupFromTheRightAndBindStrongerThanASign) {
    EXPECT_EQ(parse("a ^ b ^ c"), pow(a, pow(b, c)));
    EXPECT_EQ(parse("a ** b ** c"), pow(a, pow(b, c)));
    EXPECT_EQ(parse("-a^b"), -pow(a, b));
    EXPECT_EQ(parse("(-a)^b"), pow(-a, b));
    EXPECT_EQ(parse("a^-b^c"), pow(a, -pow(b, c)));
}

TEST(Parser, ASignBindsStrongerThanAProduct) {
    EXPECT_EQ(parse("-a * b"), (-a) * b);
    EXPECT_EQ(parse("a * -b"), a * -b);
    EXPECT_EQ(parse("--a"), -(-a));
    EXPECT_EQ(parse("+a"), a);
    EXPECT_EQ(parse("a - -2"), a - Expression(-2.0));
}

TEST(Parser, LogicIsWeakerThanComparisons) {
    EXPECT_EQ(parse("a < b and b <= c or not a > c"),
              logical_or(logical_and(less(a, b), less_equal(b, c)), logical_not(greater(a, c))));
    EXPECT_EQ(parse("a < b && b <= c || !a > c"), parse("a < b and b <= c or not a > c"));
    EXPECT_EQ(parse("a < b or b < c and c < a"),
              logical_or(less(a, b), logical_and(less(b, c), less(c, a))));
    EXPECT_EQ(parse("not a < b and b < c"), logical_and(logical_not(less(a, b)), less(b, c)));
    EXPECT_EQ(parse("a + b >= c * 2"), greater_equal(a + b, c * 2.0));
}

TEST(Parser, ReadsNumbers) {
    EXPECT_EQ(parse("1"), Expression(1.0));
    EXPECT_EQ(parse("0.5"), Expression(0.5));
    EXPECT_EQ(parse(".5"), Expression(0.5));
    EXPECT_EQ(parse("2."), Expression(2.0));
    EXPECT_EQ(parse("1e-3"), Expression(0.001));
    EXPECT_EQ(parse("1E+3"), Expression(1000.0));
    EXPECT_EQ(parse("-7"), Expression(-7.0));
    EXPECT_EQ(parse("5e-324"), Expression(5e-324));
}

TEST(Parser, ReadsFunctions) {
    EXPECT_EQ(parse("exp(expm1(log(log1p(a))))"), exp(expm1(log(log1p(a)))));
    EXPECT_EQ(parse("sqrt(abs(sin(cos(tanh(a)))))"), sqrt(abs(sin(cos(tanh(a))))));
    EXPECT_EQ(parse("min(a, max(b, c))"), min(a, max(b, c)));
    EXPECT_EQ(parse("where(a < b, a, b)"), where(less(a, b), a, b));
}

TEST(Parser, NamesMayBeginLikeWords) {
    EXPECT_EQ(parse("expo * android"), Expression::symbol("expo") * Expression::symbol("android"));
    EXPECT_EQ(parse("_v1"), Expression::symbol("_v1"));
}

TEST(Parser, KeepsTheLineAndColumnOfEveryPart) {
    const Expression expression = parse("a +\n\t b *\r\n  exp(c)");
    const Expression& product = expression.operands()[1];
    const Expression& call = product.operands()[1];
    EXPECT_EQ(product.position().line, 2U);
    EXPECT_EQ(product.position().column, 3U);
    EXPECT_EQ(call.position().line, 3U);
    EXPECT_EQ(call.position().column, 3U);
    EXPECT_EQ((a + b).position().line, 0U);
}

TEST(Printer, WritesAsFewParenthesesAsPossible) {
    for (const char* text : {"a + b + c",
                             "a - (b - c)",
                             "a * (b + c)",
                             "a / (b * c)",
                             "-a * b",
                             "-(a * b)",
                             "a^b^c",
                             "(a^b)^c",
                             "a^-b",
                             "(-a)^2",
                             "-a^2",
                             "-(-a)",
                             "a - -2",
                             "(a < b) + 1",
                             "not a < b",
                             "not (a < b and b < c)",
                             "(a or b) and c",
                             "a and (b and c)",
                             "where(a < b, -a, exp(b))",
                             "min(a, b) + max(-1, c)",
                             "not not a",
                             "-(a + b)",
                             "a * -b"}) {
        EXPECT_EQ(to_string(parse(text)), text);
    }
}

TEST(Printer, WritesNumbersThatReadBackTheSame) {
    EXPECT_EQ(to_string(Expression(0.1)), "0.1");
    EXPECT_EQ(to_string(Expression(100000.0)), "100000");
    EXPECT_EQ(to_string(Expression(1e20)), "1e+20");
    EXPECT_EQ(to_string(Expression(2.5e-7)), "2.5e-07");
    EXPECT_EQ(to_string(Expression(-3.0)), "-3");
    for (const double number : {1.0 / 3.0, 5e-324, 1.7976931348623157e308, -2.0 / 7.0, 123456.789,
                                2.2250738585072014e-308, 0.1 + 0.2}) {
        EXPECT_EQ(parse(to_string(Expression(number))).value(), number);
    }
}

TEST(Printer, RandomExpressionsReadBackEqual) {
    RandomExpression random(1, all_real_operations(),
                            {0.0, 1.0, -1.0, 0.5, 2.0, -3.25, 1e-9, 1e30, -0.0});
    for (int count = 0; count < 3000; ++count) {
        const Expression real = random.real(7);
        EXPECT_EQ(parse(to_string(real)), real) << to_string(real);
        const Expression condition = random.condition(6);
        EXPECT_EQ(parse(to_string(condition)), condition) << to_string(condition);
    }
}

TEST(Printer, ReadsBackTheDeepestTree) {
    // A sign and a pair of parentheses each: twice the nesting that the depth suggests.
    Expression deep = a;
    while (deep.depth() + 1 < kMaximumParsedDepth)
        deep = -(deep + 1.0);
    EXPECT_EQ(parse(to_string(deep)), deep);
    Expression negations = a;
    while (negations.depth() < kMaximumParsedDepth)
        negations = -negations;
    EXPECT_EQ(parse(to_string(negations)), negations);
}

}  // namespace
}  // namespace saltus::expr
