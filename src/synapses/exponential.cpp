#include <saltus/synapses/exponential.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

Exponential::Exponential(ExponentialOptions options) : options_(std::move(options)) {
    check_positive(options_.tau, class_name(), "tau");
}

SynapseDeclaration Exponential::declare() const {
    SynapseDeclaration model;
    model.parameters = {{"tau", options_.tau.value_or(5.0), "ms", "synaptic time constant"}};
    model.states = {"g"};
    model.equations = {"dg/dt = -g / tau"};
    if (options_.scale_i.value_or(false)) model.gain = "tau / dt * (1 - exp(-dt / tau))";
    return model;
}

void Exponential::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("tau", options_.tau);
    reader.take("scale_i", options_.scale_i);
    reader.finish();
}

}  // namespace saltus
