#pragma once

#include <vector>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// The initial weights of a connection, [source neurons][target neurons]: the same on every
/// backend.
std::vector<double> initial_weights(const Plan& plan, std::size_t connection);

}  // namespace saltus
