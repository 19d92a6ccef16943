#pragma once

#include <saltus/plan/plan.hpp>

namespace saltus {

/// Replaces linear outputs by sums over their sources' spikes. An output population without
/// threshold that nothing follows, whose readout weighs the steps with fixed weights, is a linear
/// function of the spikes it receives: a spike in step s adds weight * response[s]. The response is
/// the same for all synapses of a connection, so the readout is one small matrix product an
/// example, and so are its gradient and the feedback to its sources.
void fold_readouts(Plan& plan);

/// The same plan with every output evaluated step by step.
Plan without_folds(Plan plan);

}  // namespace saltus
