#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Derives the adjoint of a population's step from its equations: between spikes the transpose of
/// the step; at a spike the jump that threshold and reset imply, with the spike's time moving to
/// first order; for arrivals the sensitivity to their time.
///
/// With the flow f, the crossing function g, the reset r, and the state x- before and x+ = r(x-)
/// after a spike at which g rises with slope s = g_x f(x-):
///
///     K = kappa + (r_x^T lambda+) f(x-) - lambda+ f(x+)        lambda- = r_x^T lambda+ - g_x K / s
///
/// where kappa is the derivative of the loss by the time of the spike through all its consequences.
/// T. C. Wunderlich, C. Pehle, "Event-based backpropagation can compute exact gradients for spiking
/// neural networks", Scientific Reports 11, 12829 (2021), generalised.
///
/// @param min_slope smallest slope s (per ms): a spike whose threshold is only grazed would
/// otherwise have an unbounded gradient.
void derive_adjoint(PopulationPlan& population, double min_slope);

}  // namespace saltus
