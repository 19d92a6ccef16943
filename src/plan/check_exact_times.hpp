#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Checks that spikes of a plan can fall at their exact times: all equations between spikes are
/// linear, so that there is a solution to find the crossing in; thresholds and resets, too; spikes
/// act through synapses with a state, and come back to where they came from after at least a step.
/// @throws ModelError naming the population and equation, or the connection, and what would work.
void check_exact_times(const Plan& plan);

}  // namespace saltus
