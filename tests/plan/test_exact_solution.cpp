#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include <saltus/common/errors.hpp>

#include "plan/exact_solution.hpp"

namespace saltus::test {
namespace {

using expr::Expression;
using expr::parse;

/// The coefficients of a step by their place.
struct LinearStep {
    std::vector<std::vector<Coefficient>> transition;
    std::vector<Coefficient> drive;
    std::vector<Coefficient> offset;
};

LinearStep solve(const std::vector<std::string>& states,
                 const std::vector<std::string>& right_sides,
                 const std::vector<Coefficient>& coefficients, double dt, std::size_t size = 1) {
    std::vector<Expression> expressions;
    for (const std::string& text : right_sides)
        expressions.push_back(parse(text));
    const std::string where = "Population test";
    LinearStep step;
    std::vector<Coefficient> row;
    for (const Coefficient& found :
         solve_exactly(linear_system(states, expressions, where), coefficients, size, dt, where)) {
        if (found.name.starts_with("_drive")) {
            step.drive.push_back(found);
        } else if (found.name.starts_with("_offset")) {
            step.offset.push_back(found);
            step.transition.push_back(std::exchange(row, {}));
        } else {
            row.push_back(found);
        }
    }
    return step;
}

TEST(ExactSolution, LeakHasTheClosedForm) {
    for (const double dt : {1.0, 0.5, 0.01}) {
        for (const double tau : {0.1, 5.0, 20.0, 1e6}) {
            const LinearStep step =
                solve({"v"}, {"(i - v + b) / tau"}, {{"tau", {tau}}, {"b", {0.3}}}, dt);
            EXPECT_DOUBLE_EQ(step.transition[0][0].at(0), std::exp(-dt / tau));
            EXPECT_NEAR(step.drive[0].at(0), -std::expm1(-dt / tau), 1e-15);
            EXPECT_NEAR(step.offset[0].at(0), -0.3 * std::expm1(-dt / tau), 1e-15);
        }
    }
}

TEST(ExactSolution, WithoutLeakTheInputIsAdded) {
    const LinearStep step = solve({"v"}, {"i / dt"}, {{"dt", {0.5}}}, 0.5);
    EXPECT_EQ(step.transition[0][0].at(0), 1.0);
    EXPECT_EQ(step.drive[0].at(0), 1.0);
    EXPECT_EQ(step.offset[0].at(0), 0.0);
}

TEST(ExactSolution, GrowthIsFine) {
    const LinearStep step = solve({"v"}, {"v / 10 + i"}, {}, 1.0);
    EXPECT_NEAR(step.transition[0][0].at(0), std::exp(0.1), 1e-15);
    EXPECT_NEAR(step.drive[0].at(0), 10.0 * std::expm1(0.1), 1e-14);
}

/// A step of dv/dt = (i - v - w) / 10, dw/dt = (a v - w) / 50 by many small Runge-Kutta steps.
std::pair<double, double> fine_step(double v, double w, double i, double a, double dt) {
    constexpr int kSteps = 2000;
    const double h = dt / kSteps;
    const auto dv = [&](double x, double y) { return (i - x - y) / 10.0; };
    const auto dw = [&](double x, double y) { return (a * x - y) / 50.0 + 0.01; };
    for (int n = 0; n < kSteps; ++n) {
        const double v1 = dv(v, w);
        const double w1 = dw(v, w);
        const double v2 = dv(v + 0.5 * h * v1, w + 0.5 * h * w1);
        const double w2 = dw(v + 0.5 * h * v1, w + 0.5 * h * w1);
        const double v3 = dv(v + 0.5 * h * v2, w + 0.5 * h * w2);
        const double w3 = dw(v + 0.5 * h * v2, w + 0.5 * h * w2);
        const double v4 = dv(v + h * v3, w + h * w3);
        const double w4 = dw(v + h * v3, w + h * w3);
        v += h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4);
        w += h / 6.0 * (w1 + 2.0 * w2 + 2.0 * w3 + w4);
    }
    return {v, w};
}

TEST(ExactSolution, CoupledStatesFollowTheEquations) {
    for (const double dt : {0.1, 1.0, 7.0}) {
        // The second neuron's equations have complex eigenvalues, the third's a double one.
        const std::vector<double> a{0.0, 4.0, 0.8, -2.0};
        const LinearStep step =
            solve({"v", "w"}, {"(i - v - w) / 10", "(a * v - w) / 50 + 0.01"}, {{"a", a}}, dt, 4);
        ASSERT_TRUE(step.transition[0][0].per_neuron());
        for (std::size_t neuron = 0; neuron < 4; ++neuron) {
            const double x[2] = {0.7, -0.4};
            const auto [v, w] = fine_step(x[0], x[1], 1.3, a[neuron], dt);
            for (const std::size_t state : {0, 1}) {
                const double next = step.transition[state][0].at(neuron) * x[0] +
                                    step.transition[state][1].at(neuron) * x[1] +
                                    step.drive[state].at(neuron) * 1.3 +
                                    step.offset[state].at(neuron);
                EXPECT_NEAR(next, state == 0 ? v : w, 1e-12)
                    << "neuron " << neuron << ", dt " << dt;
            }
        }
    }
}

TEST(ExactSolution, ParametersOfEveryNeuronCount) {
    const LinearStep step = solve({"v"}, {"(i - v) / tau"},
                                  {{"tau", {5.0, 10.0, 20.0}}, {"other", {1.0, 2.0, 3.0}}}, 1.0, 3);
    ASSERT_EQ(step.transition[0][0].values.size(), 3U);
    for (std::size_t neuron = 0; neuron < 3; ++neuron) {
        EXPECT_DOUBLE_EQ(step.transition[0][0].at(neuron), std::exp(-1.0 / (5.0 * (1U << neuron))));
    }
    // A drive that differs leaves the decay one number for all.
    const LinearStep driven = solve({"v"}, {"(b - v) / 20"}, {{"b", {1.0, 2.0, 3.0}}}, 1.0, 3);
    EXPECT_FALSE(driven.transition[0][0].per_neuron());
    EXPECT_TRUE(driven.offset[0].per_neuron());
    // What does not occur in the equations does not make them differ.
    EXPECT_FALSE(
        solve({"v"}, {"-v"}, {{"other", {1.0, 2.0, 3.0}}}, 1.0, 3).transition[0][0].per_neuron());
}

std::string error_of(const std::vector<std::string>& states,
                     const std::vector<std::string>& equations) {
    try {
        solve(states, equations, {}, 1.0);
    } catch (const ModelError& error) {
        return error.what();
    }
    return "";
}

TEST(ExactSolution, RefusesWhatIsNotLinear) {
    EXPECT_EQ(
        error_of({"v"}, {"v^2 - v"}),
        "[Population test] the equation dv/dt = v^2 - v is not linear in v; write it linear in "
        "the states and the input current i, the only form that is solved exactly, or choose "
        "another "
        "solver");
    EXPECT_EQ(
        error_of({"v", "w"}, {"v * w", "-w"}),
        "[Population test] the equation dv/dt = v * w is not linear in w; write it linear in the "
        "states and the input current i, the only form that is solved exactly, or choose another "
        "solver");
    EXPECT_NE(error_of({"v"}, {"exp(i) - v"}).find("not linear in i"), std::string::npos);
    EXPECT_NE(error_of({"v"}, {"-v / 0"}).find("not finite"), std::string::npos);
}

}  // namespace
}  // namespace saltus::test
