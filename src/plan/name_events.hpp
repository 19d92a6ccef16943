#pragma once

#include <saltus/plan/plan.hpp>

#include "plan/coefficient_recipe.hpp"

namespace saltus {

/// Adds the numbers of threshold and reset to the recipe, of a population whose threshold and reset
/// are linear: a spike where sum_a _crossing_a a + _crossing crosses zero, and then
/// a <- sum_b _reset_a_b b + _reset_a.
void name_events(const PopulationPlan& population, CoefficientRecipe& recipe);

/// Sets the coefficients whose adjoints are summed up with exact spike times: those of the flow,
/// of threshold and of reset that training moves. No step is made of others.
void list_flow_parameters(PopulationPlan& population);

}  // namespace saltus
