#pragma once

#include <saltus/plan/deep_r.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// Marks the connections that are rewired, once their constraints are known.
/// @throws ModelError for a strength that is no number of at least 0, or a connection that does not
/// exist, is not trained, or cannot be rewired, with the reason.
void mark_rewired(const DeepR& deep_r, Plan& plan);

}  // namespace saltus
