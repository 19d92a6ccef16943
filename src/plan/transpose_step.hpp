#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Sets the adjoints of states and synaptic states: the transposes of update and decay.
void transpose_step(NeuronKernel& kernel);

/// Finds the coefficients that training moves and that steps depend on, and sets what their
/// adjoints gain in updates and decays.
/// @throws ModelError when there are too many.
void derive_parameters(PopulationPlan& population);

/// Sets what the adjoint needs to know of each step, once all of its expressions are set.
void find_kept(NeuronKernel& kernel);

}  // namespace saltus
