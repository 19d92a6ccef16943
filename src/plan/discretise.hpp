#pragma once

#include <string>
#include <vector>

#include <saltus/network/neuron.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// Turns the flow of a population into the update of a step, and adds the coefficients that it
/// takes. Of a linear flow it adds the numbers of
/// dx/dt = sum_b _flow_x_b b + _slope_x i + _flow_x, too, from which adjoints are made.
/// @param gains by group of synapses: the current of a step per unit of the synaptic state.
/// @throws ModelError naming `where` for equations that the declared solver does not solve.
void discretise(const NeuronDeclaration& declaration, const std::vector<Coefficient>& gains,
                double dt, const std::string& where, PopulationPlan& plan);

}  // namespace saltus
