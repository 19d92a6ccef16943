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
///
/// States that are held while a neuron is refractory do not flow after the spike. The end of that
/// time moves with the spike that began it: -lambda f(x) there, of the states that are let go, is
/// part of its kappa. A spike that waited for it, with the threshold crossed when the last step of
/// that time began, moves with it, too: its K is part of the kappa of the spike before, and
/// lambda- = r_x^T lambda+.
/// T. C. Wunderlich, C. Pehle, "Event-based backpropagation can compute exact gradients for spiking
/// neural networks", Scientific Reports 11, 12829 (2021), generalised.
///
/// @param min_slope smallest slope s (per ms): a spike whose threshold is only grazed would
/// otherwise have an unbounded gradient.
void derive_adjoint(PopulationPlan& population, double min_slope);

}  // namespace saltus
