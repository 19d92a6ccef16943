#include <array>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/neuron.hpp>


namespace saltus {
namespace {

constexpr std::array kNames{std::pair{Solver::kAuto, "auto"}, std::pair{Solver::kExact, "exact"},
                            std::pair{Solver::kExponentialEuler, "exponential_euler"},
                            std::pair{Solver::kEuler, "euler"},
                            std::pair{Solver::kRungeKutta4, "rk4"}};

}  // namespace

std::string to_string(Solver solver) {
    for (const auto& [known, name] : kNames)
        if (known == solver) return name;
    throw InternalError("Solver", "it has no name");
}

Solver solver_by_name(const std::string& name) {
    std::string names;
    for (const auto& [solver, known] : kNames) {
        if (name == known) return solver;
        names += (names.empty() ? "" : ", ") + std::string(known);
    }
    throw ModelError("Solver", fmt::format("there is no solver '{}'", name),
                     "use one of " + names)
        .with("solver", name);
}

}  // namespace saltus
