#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <saltus/backend/backend_options.hpp>

namespace saltus::test {

/// A backend, and for `cpu` where its neuron kernels come from: what most tests are run on.
struct BackendCase {
    std::string label;
    BackendOptions options;
    /// Whether it computes in float32.
    bool single_precision = true;
};

/// cpu with built-in, interpreted and compiled kernels, reference and reference64.
std::vector<BackendCase> all_backends();
/// The three ways of cpu.
std::vector<BackendCase> cpu_backends();
/// By label.
BackendCase backend_case(const std::string& label);

/// Whether this machine can compile kernels; points the kernel cache at the build's own folder.
/// Cases of "cpu_compiled" are skipped where it cannot.
bool can_run(const BackendCase& backend);

void PrintTo(const BackendCase& backend, std::ostream* stream);

/// Names the instances of a parameterised test.
struct BackendLabel {
    template <class Info>
    std::string operator()(const Info& info) const {
        return info.param.label;
    }
};

}  // namespace saltus::test
