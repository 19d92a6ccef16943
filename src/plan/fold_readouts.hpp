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

/// The same network, whose examples are single steps, each of which goes on where the last one
/// ended: for input that arrives while the network runs.
/// @param num_examples how many run side by side.
Plan one_step_at_a_time(Plan plan, std::size_t num_examples);

}  // namespace saltus
