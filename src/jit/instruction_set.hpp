#pragma once

#include <string>
#include <vector>

namespace saltus {

/// An instruction set that neuron kernels are compiled for.
struct InstructionSet {
    const char* name;  ///< suffix of the built-in functions
    std::vector<std::string> compiler_flags;
};

/// The best instruction set of this machine.
const InstructionSet& native_instruction_set();

}  // namespace saltus
