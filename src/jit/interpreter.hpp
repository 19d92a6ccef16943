#pragma once

#include "jit/neuron_functions.hpp"

namespace saltus {

/// Sets functions that interpret the kernel's expressions, vectors of neurons at a time.
void interpret(const NeuronKernel& kernel, NeuronFunctions& functions);

}  // namespace saltus
