#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <saltus/plan/neuron_kernel.hpp>

namespace saltus {

/// The entries of a kernel's jump (matrix, then vector, row by row) that are not plain numbers:
/// what a spike leaves on the tape.
std::vector<expr::Expression> taped_jumps(const NeuronKernel& kernel);

/// The model's name as letters, digits and underscores only: for comments and names of files.
std::string model_name(const NeuronKernel& kernel);

/// A number that is equal for kernels that compute the same, and that names their functions.
std::string kernel_hash(const NeuronKernel& kernel);

/// The kernel's arithmetic as a C++ struct of the given name (see kernels/cpu/neuron_kernel.inl).
std::string kernel_model(const NeuronKernel& kernel, const std::string& struct_name);

/// Two functions of the ABI, "saltus_advance_<hash><suffix>" and "saltus_retreat_<hash><suffix>".
std::string kernel_functions(const NeuronKernel& kernel, const std::string& suffix);

/// What every generated source begins with: the ABI, the vector type and the loops.
std::string kernel_prelude();

/// A complete source for one kernel.
std::string kernel_source(const NeuronKernel& kernel);

/// 64-bit FNV-1a of a text, in hexadecimal.
std::string text_hash(const std::string& text);

}  // namespace saltus
