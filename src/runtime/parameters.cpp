#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "common/text.hpp"
#include "runtime/implementation.hpp"

namespace saltus {

std::pair<std::size_t, std::size_t> NetworkState::parameter_index(const std::string& name) const {
    std::vector<std::string> names;
    std::optional<std::pair<std::size_t, std::size_t>> found;
    for_each_parameter([&](std::size_t population, std::size_t k, const TrainedParameter& trained) {
        names.push_back(trained.name());
        if (trained.name() == name) found = {population, k};
    });
    if (found) return *found;
    throw ModelError(
        "CompiledNetwork", fmt::format("there is no trainable parameter '{}'", name),
        names.empty() ? "mark it in the description: trainable(value)" : suggest(name, names))
        .with("parameter", name);
}

std::vector<std::string> CompiledNetwork::parameters() const {
    std::vector<std::string> names;
    implementation_->for_each_parameter(
        [&](std::size_t, std::size_t, const TrainedParameter& trained) {
            names.push_back(trained.name());
        });
    return names;
}

Array CompiledNetwork::parameter(const std::string& name) const {
    const auto [population, k] = implementation_->parameter_index(name);
    return {shape_of(implementation_->plan.populations[population].trained[k]),
            implementation_->program->parameter(population, k).values};
}

void CompiledNetwork::set_parameter(const std::string& name, const Array& values) {
    const auto [population, k] = implementation_->parameter_index(name);
    const TrainedParameter& trained = implementation_->plan.populations[population].trained[k];
    const auto refuse = [&name = name](const std::string& problem, const std::string& advice) {
        throw ModelError("Parameter " + name, problem, advice).with("parameter", name);
    };
    if (values.size() != trained.initial.size()) {
        refuse(fmt::format("it has shape {}, but {} was given", to_string(shape_of(trained)),
                           to_string(values.shape)),
               "give an array of its shape");
    }
    for (const double value : values.values) {
        if (value >= trained.lower && value <= trained.upper && std::isfinite(value)) continue;
        refuse(fmt::format("it is to be {:g}, but lies between {:g} and {:g}", value, trained.lower,
                           trained.upper),
               "give values within its bounds");
    }
    ParameterState state = implementation_->program->parameter(population, k);
    state.values = values.values;
    implementation_->program->set_parameter(population, k, state);
}

}  // namespace saltus
