#include <gtest/gtest.h>

#include <cmath>

#include <saltus/common/errors.hpp>

#include "codegen/bytecode.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

const std::vector<std::string> kSymbols{"a", "b", "c"};

// Every operation of the language, some inside others.
const char* const kExpressions[] = {
    "a + b * c - a / b",
    "-a - -b",
    "a ^ 2 - b ^ c",
    "a < b",
    "a <= b",
    "a > b",
    "a >= b",
    "where(a < b and b < c, a, b)",
    "where(a < b or not (b < c), a * 2, -b)",
    "where(not (a < b), where(c > 0.5, 1, 2), 3)",
    "exp(a) + expm1(b) - log(c) * log1p(a)",
    "sqrt(a) * abs(b - c)",
    "sin(a) + cos(b) - tanh(c)",
    "min(a, b) - max(b, c)",
    "3.25",
    "a",
    "((a + b) * (b + c)) / ((c + a) * (1 + a * b))",
};

TEST(Bytecode, EvaluatesWhatTheExpressionSays) {
    Numbers numbers(1);
    for (const char* text : kExpressions) {
        const expr::Expression expression = expr::parse(text);
        const Bytecode bytecode(expression, kSymbols);
        for (int round = 0; round < 50; ++round) {
            const double slots[] = {numbers.uniform(0.1, 2.0), numbers.uniform(0.1, 2.0),
                                    numbers.uniform(0.1, 2.0)};
            const float single[] = {static_cast<float>(slots[0]), static_cast<float>(slots[1]),
                                    static_cast<float>(slots[2])};
            const double expected = expr::evaluate(
                expression, [&](const std::string& name) { return slots[name[0] - 'a']; });
            EXPECT_DOUBLE_EQ(bytecode.evaluate<ScalarArithmetic>(slots), expected) << text;
            EXPECT_NEAR(static_cast<double>(bytecode.evaluate<ScalarArithmetic>(single)), expected,
                        2e-5 * std::max(1.0, std::abs(expected)))
                << text;
        }
    }
}

TEST(Bytecode, RefusesWhatNeedsTooManyIntermediateValues) {
    // a + (a + (a + ...)) keeps every a until the last parenthesis closes.
    std::string text = "a";
    for (int level = 0; level < 80; ++level)
        text = "a + (" + text + ")";
    try {
        const Bytecode bytecode(expr::parse(text), kSymbols);
        FAIL() << "nothing was thrown";
    } catch (const ModelError& error) {
        EXPECT_STREQ(error.what(),
                     "[equation] an expression needs 81 intermediate values, more than 64; nest it "
                     "less deeply, for example with derived constants");
    }
    std::string flat = "a";
    for (int term = 0; term < 80; ++term)
        flat += " + a";
    const double slots[] = {0.5, 0.0, 0.0};
    EXPECT_DOUBLE_EQ(Bytecode(expr::parse(flat), kSymbols).evaluate<ScalarArithmetic>(slots), 40.5);
}

}  // namespace
}  // namespace saltus::test
