#pragma once

#include <string>
#include <vector>

namespace saltus {

/// On what a compiled network runs.
struct BackendOptions {
    /// "cpu": fast, float32. "reference": slow and plain, float32; "reference64" in float64.
    std::string name = "cpu";
    /// Worker threads of the cpu backend; 0 for one a core. Results do not depend on it.
    int threads = 0;
    /// Whether kernels that are compiled with the library may be used, and the cache on disk with
    /// the system's compiler; with neither, neuron models are interpreted. Results do not depend on
    /// it.
    bool built_in_kernels = true;
    bool compiled_kernels = true;
    /// Whether time and events of every pass are kept for CompiledNetwork::profile(), of the cpu
    /// backend only. Small networks take a few per cent longer with it.
    bool kernel_profiling = false;
};

/// The names that BackendOptions knows.
std::vector<std::string> backend_names();

}  // namespace saltus
