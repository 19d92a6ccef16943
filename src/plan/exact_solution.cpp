#include "plan/exact_solution.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <Eigen/Dense>
#include <unsupported/Eigen/MatrixFunctions>

#include <saltus/common/errors.hpp>

#include "plan/coefficients.hpp"

namespace saltus {
namespace {

using expr::Expression;

void require_constant(const Expression& slope, const std::vector<std::string>& variables,
                      const Expression& right_side, const std::string& state,
                      const std::string& where) {
    for (const std::string& variable : variables) {
        if (!depends_on(slope, variable)) continue;
        throw ModelError(
            where,
            fmt::format("the equation d{0}/dt = {1} is not linear in {2}", state,
                        to_string(right_side), variable),
            "write it linear in the states and the input current i, the only form that is solved "
            "exactly, or choose another solver")
            .with("equation", to_string(right_side));
    }
}

/// E, P and q of one neuron, as the columns of an (n, n + 2) matrix.
Eigen::MatrixXd solve_one(const LinearSystem& system, const std::vector<Coefficient>& coefficients,
                          std::size_t neuron, double dt) {
    const auto n = static_cast<Eigen::Index>(system.matrix.size());
    const auto value = [&](const Expression& e) { return evaluate_at(e, coefficients, neuron); };
    Eigen::MatrixXd generator = Eigen::MatrixXd::Zero(n + 2, n + 2);
    for (Eigen::Index a = 0; a < n; ++a) {
        const auto row = static_cast<std::size_t>(a);
        for (Eigen::Index b = 0; b < n; ++b) {
            generator(a, b) = value(system.matrix[row][static_cast<std::size_t>(b)]) * dt;
        }
        generator(a, n) = value(system.input[row]) * dt;
        generator(a, n + 1) = value(system.constant[row]) * dt;
    }
    if (n == 1) {
        // One equation has a closed form without the rounding of a general matrix exponential.
        const double a = generator(0, 0);
        const double growth = a == 0.0 ? 1.0 : std::expm1(a) / a;
        Eigen::MatrixXd solution(1, 3);
        solution << std::exp(a), generator(0, 1) * growth, generator(0, 2) * growth;
        return solution;
    }
    return generator.exp().topRows(n);
}

/// Whether neurons may have different steps.
bool any_per_neuron(const std::vector<Coefficient>& coefficients, const LinearSystem& system) {
    const auto depends = [&](const std::vector<Expression>& expressions, const Coefficient& c) {
        return std::any_of(expressions.begin(), expressions.end(),
                           [&](const Expression& e) { return depends_on(e, c.name); });
    };
    return std::any_of(coefficients.begin(), coefficients.end(), [&](const Coefficient& c) {
        return c.per_neuron() && (depends(system.input, c) || depends(system.constant, c) ||
                                  std::any_of(system.matrix.begin(), system.matrix.end(),
                                              [&](const auto& row) { return depends(row, c); }));
    });
}

/// Parameters of their own need not make neurons differ: a bias changes the offset alone.
void merge_equal_values(Coefficient& coefficient) {
    std::vector<double>& values = coefficient.values;
    const auto differs = [&](double value) { return value != values.front(); };
    if (std::none_of(values.begin(), values.end(), differs)) values.resize(1);
}

}  // namespace

LinearSystem linear_system(const std::vector<std::string>& states,
                           const std::vector<Expression>& right_sides, const std::string& where) {
    std::vector<std::string> variables = states;
    variables.push_back("i");
    std::map<std::string, Expression> at_rest;
    for (const std::string& variable : variables)
        at_rest.emplace(variable, Expression(0.0));
    LinearSystem system;
    system.states = states;
    for (std::size_t a = 0; a < states.size(); ++a) {
        std::vector<Expression> row;
        for (const std::string& variable : variables) {
            const Expression slope = derivative(right_sides[a], variable);
            require_constant(slope, variables, right_sides[a], states[a], where);
            row.push_back(slope);
        }
        system.input.push_back(row.back());
        row.pop_back();
        system.matrix.push_back(std::move(row));
        system.constant.push_back(simplify(substitute(right_sides[a], at_rest)));
    }
    return system;
}

std::vector<Coefficient> solve_exactly(const LinearSystem& system,
                                       const std::vector<Coefficient>& coefficients,
                                       std::size_t size, double dt, const std::string& where) {
    const std::size_t n = system.states.size();
    const std::size_t count = any_per_neuron(coefficients, system) ? size : 1;
    // In the order of the columns of a solution, one row after the other.
    std::vector<Coefficient> step;
    for (const std::string& a : system.states) {
        for (const std::string& b : system.states)
            step.push_back({"_step_" + a + "_" + b, {}});
        step.push_back({"_drive_" + a, {}});
        step.push_back({"_offset_" + a, {}});
    }
    for (std::size_t neuron = 0; neuron < count; ++neuron) {
        const Eigen::MatrixXd solution = solve_one(system, coefficients, neuron, dt);
        if (!solution.allFinite()) {
            throw ModelError(where,
                             fmt::format("a step of {:g} ms of its equations is not finite for "
                                         "neuron {}",
                                         dt, neuron),
                             "check the parameters, time constants above all");
        }
        for (std::size_t k = 0; k < step.size(); ++k) {
            step[k].values.push_back(solution(static_cast<Eigen::Index>(k / (n + 2)),
                                              static_cast<Eigen::Index>(k % (n + 2))));
        }
    }
    for (Coefficient& coefficient : step)
        merge_equal_values(coefficient);
    return step;
}

}  // namespace saltus
