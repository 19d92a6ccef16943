#pragma once

#include <saltus/plan/neuron_kernel.hpp>

namespace saltus {

/// Sets the adjoints of states and synaptic states: the transposes of update and decay.
void transpose_step(NeuronKernel& kernel);

/// Sets what the adjoint needs to know of each step, once all of its expressions are set.
void find_kept(NeuronKernel& kernel);

}  // namespace saltus
