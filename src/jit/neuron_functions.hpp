#pragma once

#include <memory>
#include <string>

#include <saltus/plan/neuron_kernel.hpp>

#include "kernels/neuron_abi.h"

namespace saltus {

/// The compiled or interpreted functions of a neuron kernel.
struct NeuronFunctions {
    SaltusAdvanceFunction advance = nullptr;
    SaltusRetreatFunction retreat = nullptr;
    /// Passed to the functions; null for compiled ones.
    const void* model = nullptr;
    /// Floats of one neuron's spike on the tape.
    unsigned jumps = 0;
    /// Where the functions came from: "built in", "cache", "compiled" or "interpreted".
    std::string origin;
    /// Keeps the code or the interpreter alive.
    std::shared_ptr<const void> owner;
};

/// Which sources of kernels may be used; for tests and for machines without a compiler.
struct KernelSources {
    bool built_in = true;
    bool cache_and_compiler = true;
};

/// Finds the functions of a kernel: those compiled with the library, the user's cache on disk, the
/// system's compiler, the interpreter, in this order. Never fails for want of a compiler.
NeuronFunctions find_neuron_functions(const NeuronKernel& kernel,
                                      const KernelSources& sources = {});

}  // namespace saltus
