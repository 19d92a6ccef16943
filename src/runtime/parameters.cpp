#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/runtime/compiled_network.hpp>

#include "common/text.hpp"
#include "runtime/implementation.hpp"

namespace saltus {

ParameterPlace NetworkState::parameter_place(const std::string& name) const {
    std::vector<std::string> names;
    std::optional<ParameterPlace> found;
    for_each_parameter([&](const ParameterPlace& place, const TrainedParameter& trained) {
        names.push_back(trained.name());
        if (trained.name() == name) found = place;
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
        [&](const ParameterPlace&, const TrainedParameter& trained) {
            names.push_back(trained.name());
        });
    return names;
}

Array CompiledNetwork::parameter(const std::string& name) const {
    const ParameterPlace place = implementation_->parameter_place(name);
    return {shape_of(place.described(implementation_->plan)),
            place.state(*implementation_->program).values};
}

namespace {

void refuse(const std::string& name, const std::string& problem, const std::string& advice) {
    throw ModelError("Parameter " + name, problem, advice).with("parameter", name);
}

}  // namespace

void require_settable(const TrainedParameter& trained, const Array& values) {
    const std::string name = trained.name();
    if (values.size() != trained.initial.size()) {
        refuse(name,
               fmt::format("it has shape {}, but {} was given", to_string(shape_of(trained)),
                           to_string(values.shape)),
               "give an array of its shape");
    }
    for (const double value : values.values) {
        if (value >= trained.lower && value <= trained.upper && std::isfinite(value)) continue;
        refuse(name,
               fmt::format("it is to be {:g}, but lies between {:g} and {:g}", value, trained.lower,
                           trained.upper),
               "give values within its bounds");
    }
}

void CompiledNetwork::set_parameter(const std::string& name, const Array& values) {
    const ParameterPlace place = implementation_->parameter_place(name);
    const TrainedParameter& trained = place.described(implementation_->plan);
    require_settable(trained, values);
    ParameterState state = place.state(*implementation_->program);
    state.values = values.values;
    place.set_state(*implementation_->program, state);
}

}  // namespace saltus
