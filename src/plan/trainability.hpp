#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Marks the connections whose weights EventProp trains (all of them) and checks that it can.
/// @throws ModelError naming the population or connection that it cannot train, and why.
void mark_trainable(Plan& plan);

}  // namespace saltus
