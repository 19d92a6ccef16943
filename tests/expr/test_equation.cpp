#include <gtest/gtest.h>
#include <saltus/expr/equation.hpp>

namespace saltus::expr {
namespace {

void expect_equation(const std::string& text, const std::string& target, bool is_derivative,
                     const std::string& right) {
    const Equation equation = parse_equation(text);
    EXPECT_EQ(equation.target, target);
    EXPECT_EQ(equation.is_derivative, is_derivative);
    EXPECT_EQ(to_string(equation.right), right);
}

TEST(Equation, ReadsDerivatives) {
    expect_equation("dv/dt = (i - v) / tau_mem", "v", true, "(i - v) / tau_mem");
    expect_equation(" d_x1 / dt\n= -_x1", "_x1", true, "-_x1");
    expect_equation("ddt/dt = 1", "dt", true, "1");
}

TEST(Equation, ReadsAssignments) {
    expect_equation("v = v - (v_thresh - v_reset)", "v", false, "v - (v_thresh - v_reset)");
    expect_equation("v += a + b", "v", false, "v + (a + b)");
    expect_equation("v -= a - b", "v", false, "v - (a - b)");
    expect_equation("v *= a + b", "v", false, "v * (a + b)");
    expect_equation("v /= a * b", "v", false, "v / (a * b)");
    expect_equation("dv = 2", "dv", false, "2");
}

TEST(Equation, KeepsPositionsInTheWholeText) {
    const Equation equation = parse_equation("dv/dt = i - v");
    EXPECT_EQ(equation.right.position().column, 9U);
    EXPECT_EQ(equation.right.operands()[1].position().column, 13U);
}

TEST(Crossing, RisesWhereTheConditionBeginsToHold) {
    EXPECT_EQ(to_string(crossing(parse("v >= v_thresh"))), "v - v_thresh");
    EXPECT_EQ(to_string(crossing(parse("v > v_thresh + a"))), "v - (v_thresh + a)");
    EXPECT_EQ(to_string(crossing(parse("v <= w"))), "w - v");
    EXPECT_EQ(to_string(crossing(parse("0 < v"))), "v");
    EXPECT_EQ(to_string(crossing(parse("v >= 1"))), "v - 1");
}

}  // namespace
}  // namespace saltus::expr
