#include "io/user_neuron_kind.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/model_parts.hpp"

namespace saltus {
namespace {

/// `tau = 20.0`, or with its unit `tau = { value = 20.0, unit = "ms", description = "..." }`.
ParameterDeclaration read_parameter(const TomlTable& table, const std::string& name) {
    const toml::table* const inner = table.require(name).as_table();
    if (inner == nullptr || !inner->contains("value"))
        return {name, *read_value(table, name), "", ""};
    const TomlTable described = table.require_table(name, name);
    described.require_known({"value", "unit", "description"});
    ParameterDeclaration parameter{name, *read_value(described, "value"), "", ""};
    described.read("unit", parameter.unit);
    described.read("description", parameter.description);
    return parameter;
}

/// "r = 1 / (1 - exp(-dt / tau))"
DerivedDeclaration read_derived(const TomlTable& table, const std::string& text) {
    const std::size_t equals = text.find('=');
    const auto trimmed = [](const std::string& part) {
        const std::size_t first = part.find_first_not_of(" \t\n");
        return first == std::string::npos
                   ? std::string()
                   : part.substr(first, part.find_last_not_of(" \t\n") - first + 1);
    };
    if (equals == std::string::npos) {
        table.fail("derived", fmt::format("'{}' does not define a constant", printable(text)),
                   "write it as name = expression");
    }
    return {trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))};
}

}  // namespace

std::vector<ParameterDeclaration> read_parameters(const TomlTable& table) {
    std::vector<ParameterDeclaration> parameters;
    if (!table.has("parameters")) return parameters;
    const TomlTable inner = table.require_table("parameters", "parameters");
    for (const std::string& name : inner.keys())
        parameters.push_back(read_parameter(inner, name));
    return parameters;
}

std::vector<DerivedDeclaration> read_derived_constants(const TomlTable& table) {
    std::vector<std::string> texts;
    table.read("derived", texts);
    std::vector<DerivedDeclaration> derived;
    for (const std::string& text : texts)
        derived.push_back(read_derived(table, text));
    return derived;
}

const std::vector<std::string>& user_neuron_keys() {
    static const std::vector<std::string> kKeys = {
        "equations", "parameters", "states",     "threshold", "reset",
        "output",    "derived",    "tau_refrac", "held",      "integrate_during_refrac",
        "solver",    "sub_steps"};
    return kKeys;
}

void read_solver(const TomlTable& population, Solver& solver, std::size_t& sub_steps) {
    std::string name = to_string(solver);
    population.read("solver", name);
    solver = population.locate("solver", [&] { return solver_by_name(name); });
    population.read_count("sub_steps", sub_steps, 1, kMostSubSteps);
}

NeuronDeclaration read_user_neuron(const TomlTable& population) {
    NeuronDeclaration model;
    population.require("equations");
    population.read("equations", model.equations);
    model.parameters = read_parameters(population);
    const TomlTable states = population.require_table("states", "states");
    for (const std::string& name : states.keys()) {
        const ParameterDeclaration state = read_parameter(states, name);
        model.states.push_back({name, state.value, state.unit});
    }
    if (model.states.empty()) {
        population.fail("states", "there is no state", "give each an initial value: { v = 0.0 }");
    }
    model.output = model.states.front().name;
    population.read("output", model.output);
    population.read("threshold", model.threshold);
    population.read("reset", model.reset);
    model.derived = read_derived_constants(population);
    if (const std::optional<InitValue> duration = read_value(population, "tau_refrac")) {
        model.refractory = RefractoryDeclaration{*duration, true, {}};
        population.read("integrate_during_refrac", model.refractory->integrate);
        population.read("held", model.refractory->held);
    }
    read_solver(population, model.solver, model.sub_steps);
    return model;
}

}  // namespace saltus
