#pragma once

#include <string>

#include <saltus/network/neuron.hpp>
#include <saltus/plan/plan.hpp>

#include "plan/coefficient_recipe.hpp"

namespace saltus {

/// Turns the flow of a population into the update of a step, and adds the coefficients that it
/// takes to the recipe, which holds the currents per unit of the synaptic states that drive the
/// neuron, "_gain0" and so on. Of a linear flow it adds the numbers of
/// dx/dt = sum_b _flow_x_b b + _slope_x i + _flow_x, too, from which adjoints are made.
/// @throws ModelError naming `where` for equations that the declared solver does not solve.
void discretise(const NeuronDeclaration& declaration, double dt, const std::string& where,
                PopulationPlan& plan, CoefficientRecipe& recipe);

}  // namespace saltus
