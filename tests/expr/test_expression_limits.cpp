#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/expr/expression.hpp>

namespace saltus::expr {
namespace {

std::string repeated(const std::string& part, int count) {
    std::string text;
    for (int index = 0; index < count; ++index)
        text += part;
    return text;
}

std::string problem_of(const std::string& text) {
    try {
        parse(text);
    } catch (const ModelError& error) {
        return error.problem().substr(0, error.problem().find(" in "));
    }
    return "no error";
}

TEST(ExpressionLimits, LongTexts) {
    EXPECT_EQ(problem_of(std::string(70000, ' ')), "a text of 70000 bytes is longer than 65536");
    EXPECT_EQ(problem_of("1 + " + std::string(101, 'n')),
              "line 1, column 5: a name of 101 characters is longer than 100");
}

TEST(ExpressionLimits, DeepNesting) {
    const std::string levels = "line 1, column 401: more than 400 levels";
    EXPECT_EQ(problem_of(repeated("(", 30000)), levels);
    EXPECT_EQ(problem_of(repeated("-", 30000) + "a"), levels);
    EXPECT_EQ(problem_of(repeated("+", 30000) + "a"), levels);
    EXPECT_EQ(problem_of(repeated("!", 30000) + "a"), levels);
    EXPECT_EQ(problem_of(repeated("exp(", 15000)), "line 1, column 1604: more than 400 levels");
    EXPECT_EQ(problem_of(repeated("a^", 30000) + "a"), "line 1, column 802: more than 400 levels");
}

TEST(ExpressionLimits, DeepTrees) {
    EXPECT_EQ(problem_of("a" + repeated("+a", 30000)), "line 1, column 1: more than 200 levels");
    EXPECT_EQ(problem_of("a" + repeated("/a", 30000)), "line 1, column 1: more than 200 levels");
    EXPECT_EQ(problem_of(repeated("-", 300) + "a"), "line 1, column 101: more than 200 levels");
    EXPECT_EQ(parse("a" + repeated("+a", 199)).depth(), 200U);
}

TEST(ExpressionLimits, ManyNodes) {
    // A hundred sums of a hundred terms each, so that the tree stays flat.
    const std::string sum = "(1" + repeated("+1", 99) + ")";
    EXPECT_EQ(problem_of(sum + repeated("*" + sum, 99)),
              "line 1, column 4140: more than 4096 operations and names");
}

TEST(ExpressionLimits, EverythingWorksOnTheLargestBuiltExpressions) {
    const Expression x = Expression::symbol("x");
    Expression deep = x;
    while (deep.depth() + 1 < kMaximumDepth)
        deep = sin(deep + 1.0);
    EXPECT_EQ(simplify(deep), deep);
    EXPECT_EQ(check(deep, {"x"}), Type::kReal);
    EXPECT_EQ(symbols(deep), std::vector<std::string>{"x"});
    EXPECT_GT(to_string(deep).size(), kMaximumDepth);
    EXPECT_LE(evaluate(deep, [](const std::string&) { return 0.5; }), 1.0);
    EXPECT_EQ(substitute(substitute(deep, {{"x", 2.0}}), {{"x", 3.0}}),
              substitute(deep, {{"x", 2.0}}));
    EXPECT_THROW(sin(sin(deep)), ModelError);
    EXPECT_THROW(derivative(deep, "x"), ModelError);
}

TEST(ExpressionLimits, SharedPartsAreVisitedOnce) {
    // As a tree, this has a million nodes; as a graph, forty.
    Expression shared = Expression::symbol("x");
    for (int level = 0; level < 18; ++level)
        shared = shared * sin(shared);
    EXPECT_GT(shared.node_count(), kMaximumNodes / 2);
    EXPECT_EQ(simplify(shared), shared);
    EXPECT_EQ(check(shared, {"x"}), Type::kReal);
    EXPECT_TRUE(depends_on(shared, "x"));
    EXPECT_THROW(shared = shared + shared, ModelError);
    try {
        derivative(shared, "x");
        FAIL() << "expected a ModelError";
    } catch (const ModelError& error) {
        EXPECT_STREQ(error.what(),
                     "[equation] an expression grows past 1000000 operations or 2000 levels; split "
                     "it into several variables");
    }
}

TEST(ExpressionLimits, NestedPowersKeepSmallDerivatives) {
    std::string text = "x";
    for (int level = 0; level < 60; ++level)
        text = "(" + text + ")^2 + y";
    const Expression slope = derivative(parse(text), "x");
    EXPECT_LT(slope.node_count(), 100000U);
    EXPECT_NO_THROW(derivative(slope, "y"));
}

}  // namespace
}  // namespace saltus::expr
