#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Marks the connections whose weights are trained (all that may be) and checks that they can be.
/// @throws ModelError naming the population or connection that it cannot train, and why.
void mark_trainable(Plan& plan);

}  // namespace saltus
