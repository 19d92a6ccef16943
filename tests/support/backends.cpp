#include "support/backends.hpp"

#include <cstdlib>
#include <stdexcept>

#include "jit/system_compiler.hpp"

namespace saltus::test {

std::vector<BackendCase> cpu_backends() {
    BackendOptions built_in;
    built_in.threads = 1;
    // Kernels that are not built in must not depend on what the machine has.
    built_in.compiled_kernels = false;
    BackendOptions interpreted = built_in;
    interpreted.built_in_kernels = false;
    BackendOptions compiled = interpreted;
    compiled.compiled_kernels = true;
    return {
        {"cpu_built_in", built_in}, {"cpu_interpreted", interpreted}, {"cpu_compiled", compiled}};
}

std::vector<BackendCase> all_backends() {
    std::vector<BackendCase> cases = cpu_backends();
    BackendOptions options;
    options.name = "reference";
    cases.push_back({"reference", options});
    options.name = "reference64";
    cases.push_back({"reference64", options, false});
    return cases;
}

BackendCase backend_case(const std::string& label) {
    for (const BackendCase& backend : all_backends()) {
        if (backend.label == label) return backend;
    }
    throw std::logic_error("no backend case " + label);
}

bool can_run(const BackendCase& backend) {
    setenv("SALTUS_CACHE_DIR", SALTUS_TEST_CACHE, 1);
    const bool compiles = backend.options.name == "cpu" && backend.options.compiled_kernels;
    return !compiles || find_system_compiler().has_value();
}

void PrintTo(const BackendCase& backend, std::ostream* stream) {
    *stream << backend.label;
}

}  // namespace saltus::test
