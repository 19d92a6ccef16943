#pragma once

#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>
#include <saltus/plan/neuron_kernel.hpp>

namespace saltus {

/// dx/dt = A x + B i + c, with A, B and c as expressions of coefficients.
struct LinearSystem {
    std::vector<std::string> states;
    std::vector<std::vector<expr::Expression>> matrix;  ///< A, [state][state]
    std::vector<expr::Expression> input;                ///< B, [state]
    std::vector<expr::Expression> constant;             ///< c, [state]
};

/// Equations that are linear in the states and the current "i" in that form.
/// @param right_sides dx/dt of each state, in terms of the states, "i" and the coefficients.
/// @throws ModelError naming `where` and the equation when one is not linear.
LinearSystem linear_system(const std::vector<std::string>& states,
                           const std::vector<expr::Expression>& right_sides,
                           const std::string& where);

/// The solution over a step with constant i, x <- E x + P i + q, in float64: the coefficients
/// "_step_a_b" (E), "_drive_a" (P) and "_offset_a" (q) by state.
/// @param size number of neurons; coefficients that differ give results that differ.
/// @throws ModelError naming `where` when a step is not finite.
std::vector<Coefficient> solve_exactly(const LinearSystem& system,
                                       const std::vector<Coefficient>& coefficients,
                                       std::size_t size, double dt, const std::string& where);

}  // namespace saltus
