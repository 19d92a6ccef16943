#pragma once

#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>
#include <saltus/plan/neuron_kernel.hpp>

namespace saltus {

/// The solution of dx/dt = A x + B i + c over a step with constant i: x <- E x + P i + q.
struct LinearStep {
    std::vector<std::vector<Coefficient>> transition;  ///< E, [state][state]
    std::vector<Coefficient> drive;                    ///< P, [state]
    std::vector<Coefficient> offset;                   ///< q, [state]
};

/// Solves equations that are linear in the states and the current "i" exactly, in float64.
/// @param right_sides dx/dt of each state, in terms of the states, "i" and the coefficients.
/// @param size number of neurons; coefficients that differ give results that differ.
/// @throws ModelError naming `where` and the equation when one is not linear.
LinearStep solve_exactly(const std::vector<std::string>& states,
                         const std::vector<expr::Expression>& right_sides,
                         const std::vector<Coefficient>& coefficients, std::size_t size, double dt,
                         const std::string& where);

}  // namespace saltus
