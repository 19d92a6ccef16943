#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "backend/cpu/cpu_program.hpp"
#include "backend/exact/exact_program.hpp"
#include "backend/program.hpp"
#include "backend/reference/reference_program.hpp"
#include "common/text.hpp"

namespace saltus {

std::vector<std::string> backend_names() {
    return {"cpu", "reference", "reference64"};
}

std::unique_ptr<Program> load_program(const Plan& plan, const Losses& losses,
                                      const BackendOptions& options) {
    if (options.threads < 0 || options.threads > 4096) {
        throw ModelError("BackendOptions", fmt::format("threads is {}", options.threads),
                         "give a number from 0 (one a core) to 4096");
    }
    if (options.kernel_profiling && options.name != "cpu") {
        throw ModelError("BackendOptions",
                         fmt::format("the backend '{}' keeps no profile", options.name),
                         "use the backend 'cpu', or leave kernel_profiling out")
            .unsupported();
    }
    const std::vector<std::string> names = backend_names();
    if (plan.exact_times && options.kernel_profiling) {
        throw ModelError("BackendOptions", "no profile is kept of exact spike times",
                         "leave kernel_profiling out")
            .unsupported();
    }
    if (plan.exact_times && std::find(names.begin(), names.end(), options.name) != names.end())
        return load_exact_program(plan, losses, options);
    if (options.name == "cpu") return load_cpu_program(plan, losses, options);
    if (options.name == "reference") return load_reference_program(plan, losses, false);
    if (options.name == "reference64") return load_reference_program(plan, losses, true);
    throw ModelError("BackendOptions", fmt::format("there is no backend '{}'", options.name),
                     suggest(options.name, backend_names()));
}

}  // namespace saltus
