#pragma once

#include <cstdint>

#include <saltus/network/population.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// Turns the declared equations of a population and of the synapses into it into the expressions
/// and coefficients of one timestep. Sets everything of the plan but the readout and the adjoint,
/// and the group of every incoming connection.
/// @param trains_bias whether the parameter "bias" is trained, one a neuron, marked or not.
/// @throws ModelError naming the population, or the equation with line and column.
PopulationPlan resolve_model(const Population& population, double dt, std::uint64_t seed,
                             bool trains_bias, std::vector<ConnectionPlan>& connections);

/// Fills the kernel's lists of coefficient names with those that its expressions use.
void collect_coefficients(PopulationPlan& population);

}  // namespace saltus
