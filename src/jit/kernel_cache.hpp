#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "jit/neuron_functions.hpp"

namespace saltus {

/// The folder of compiled kernels: $SALTUS_CACHE_DIR, else saltus/kernels in $XDG_CACHE_HOME or
/// ~/.cache; readable and writable by its owner alone. Nothing when there is no such folder.
std::optional<std::filesystem::path> kernel_cache_folder();

/// Loads the kernel's functions from the cache, or compiles them into it. False when there is
/// neither an entry nor a compiler that works; the reason is logged.
bool load_or_compile(const NeuronKernel& kernel, const std::string& hash,
                     NeuronFunctions& functions);

/// Writes the kernel's source into the folder $SALTUS_DUMP, if that is set.
void dump_source(const NeuronKernel& kernel, const std::string& hash);

}  // namespace saltus
