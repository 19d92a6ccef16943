#pragma once

#include <saltus/plan/lower.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// Gives each population its own regularisation, or that of all which spike and are no outputs, and
/// lets the kernels of those whose silence matters note when they came nearest to their threshold.
/// Adjoints must have been derived.
/// @throws ModelError naming a population that nothing can regularise.
void regularise(const LowerOptions& options, Plan& plan);

}  // namespace saltus
