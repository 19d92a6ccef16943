#include <cmath>

#include <gtest/gtest.h>
#include <saltus/expr/expression.hpp>

#include "expr/random_expression.hpp"

namespace saltus::expr {
namespace {

std::string slope(const std::string& text) {
    return to_string(derivative(parse(text), "x"));
}

TEST(Derivative, Arithmetic) {
    EXPECT_EQ(slope("x"), "1");
    EXPECT_EQ(slope("y"), "0");
    EXPECT_EQ(slope("3 * x + y"), "3");
    EXPECT_EQ(slope("-x"), "-1");
    EXPECT_EQ(slope("x * x"), "2 * x");
    EXPECT_EQ(slope("x * y"), "y");
    EXPECT_EQ(slope("(y - x) / tau"), "-1 / tau");
    EXPECT_EQ(slope("y / x"), "-(y / x / x)");
}

TEST(Derivative, Powers) {
    EXPECT_EQ(slope("x^2"), "2 * x");
    EXPECT_EQ(slope("x^3"), "3 * x^2");
    EXPECT_EQ(slope("x^y"), "y * x^(y - 1)");
    EXPECT_EQ(slope("2^x"), "0.6931471805599453 * 2^x");
    EXPECT_EQ(slope("x^x"), "x^x * (log(x) + 1)");
}

TEST(Derivative, Functions) {
    EXPECT_EQ(slope("exp(2 * x)"), "2 * exp(2 * x)");
    EXPECT_EQ(slope("expm1(x)"), "exp(x)");
    EXPECT_EQ(slope("log(x)"), "1 / x");
    EXPECT_EQ(slope("log1p(x)"), "1 / (1 + x)");
    EXPECT_EQ(slope("sqrt(x)"), "1 / (2 * sqrt(x))");
    EXPECT_EQ(slope("sqrt(1 + x * x)"), "x / sqrt(1 + x * x)");
    EXPECT_EQ(slope("sin(x)"), "cos(x)");
    EXPECT_EQ(slope("cos(x)"), "-sin(x)");
    EXPECT_EQ(slope("tanh(y * x)"), "(1 - tanh(y * x) * tanh(y * x)) * y");
}

TEST(Derivative, PiecewiseFunctions) {
    EXPECT_EQ(slope("abs(x)"), "where(x < 0, -1, 1)");
    EXPECT_EQ(slope("min(x, y)"), "where(x <= y, 1, 0)");
    EXPECT_EQ(slope("max(0, x)"), "where(0 >= x, 0, 1)");
    EXPECT_EQ(slope("where(x > 1, x * x, y)"), "where(x > 1, 2 * x, 0)");
    EXPECT_EQ(slope("where(x > 1, y, 2)"), "0");
}

TEST(Derivative, OfTheExponentialIntegrateAndFireNeuron) {
    const Expression right =
        parse("(v_rest - v + delta * exp((v - v_t) / delta) + r * i) / tau_mem");
    EXPECT_EQ(to_string(derivative(right, "i")), "r / tau_mem");
    const Expression jacobian = derivative(right, "v");
    const std::map<std::string, double> point = {
        {"v", -51.0}, {"v_t", -50.0}, {"delta", 2.0}, {"tau_mem", 10.0}};
    EXPECT_NEAR(value_at(jacobian, point), (std::exp(-0.5) - 1.0) / 10.0, 1e-15);
}

double central_difference(const Expression& expression, std::map<std::string, double> point,
                          double step) {
    const double x = point["x"];
    point["x"] = x + step;
    const double above = value_at(expression, point);
    point["x"] = x - step;
    return (above - value_at(expression, point)) / (2.0 * step);
}

TEST(Derivative, AgreesWithFiniteDifferences) {
    RandomExpression random(5, all_real_operations(), {1.0, -1.0, 2.0, -0.5, 3.0, 0.1});
    int compared = 0;
    for (int count = 0; count < 20000; ++count) {
        const Expression expression = random.real(5);
        const auto point = random.point(-2.0, 2.0);
        const double coarse = central_difference(expression, point, 1e-4);
        const double fine = central_difference(expression, point, 3e-5);
        // Near a kink or a pole, the differences themselves disagree.
        const double scale = 1.0 + std::abs(value_at(expression, point)) + std::abs(fine);
        if (!is_finite_at(expression, point) || !(std::abs(coarse - fine) < 1e-6 * scale)) continue;
        const double exact = value_at(derivative(expression, "x"), point);
        // x^y with a negative x and whole y has a slope in x, but none in y.
        if (std::isnan(exact)) continue;
        ++compared;
        ASSERT_NEAR(exact, fine, 1e-5 * scale) << to_string(expression);
    }
    EXPECT_GT(compared, 8000);
}

TEST(Derivative, OfTheDerivativeIsTheSameInEitherOrder) {
    RandomExpression random(6, all_real_operations(), {1.0, 2.0, -0.5, 3.0});
    int compared = 0;
    for (int count = 0; count < 3000; ++count) {
        const Expression expression = random.real(4);
        const auto point = random.point(0.2, 2.0);
        const double xy = value_at(derivative(derivative(expression, "x"), "y"), point);
        const double yx = value_at(derivative(derivative(expression, "y"), "x"), point);
        if (!std::isfinite(xy) || !std::isfinite(yx)) continue;
        if (!is_finite_at(expression, point)) continue;
        ++compared;
        ASSERT_NEAR(xy, yx, 1e-8 * (1.0 + std::abs(xy))) << to_string(expression);
    }
    EXPECT_GT(compared, 1500);
}

}  // namespace
}  // namespace saltus::expr
