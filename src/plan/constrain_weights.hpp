#pragma once

#include <cstdint>
#include <vector>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Gives connections their constraints.
/// @throws ModelError for a connection that does not exist or is not trained, or a constraint that
/// is none.
void constrain_weights(const WeightConstraints& constraints, Plan& plan);

/// Which norm each weight of a connection takes part in, in the order of its weights: the number of
/// the target neuron or output channel, or 0 where all weights have one norm.
std::vector<std::uint32_t> norm_groups(const ConnectionPlan& connection);

}  // namespace saltus
