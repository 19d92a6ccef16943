#include <saltus/synapses/dual_exponential.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

DualExponential::DualExponential(DualExponentialOptions options) : options_(std::move(options)) {
    check_positive(options_.tau_rise, class_name(), "tau_rise");
    check_positive(options_.tau_decay, class_name(), "tau_decay");
}

SynapseDeclaration DualExponential::declare() const {
    SynapseDeclaration model;
    model.parameters = {
        {"tau_rise", options_.tau_rise.value_or(1.0), "ms", "time constant of the rise"},
        {"tau_decay", options_.tau_decay.value_or(5.0), "ms", "time constant of the decay"}};
    // g with k = 1 is greatest where it is tau_decay (1 + u) ^ (-(1 + u) / u); log(1 + u) / u is
    // smooth where the time constants are equal.
    model.derived = {
        {"u", "tau_decay / tau_rise - 1"},
        {"slope", "where(abs(u) < 1e-4, 1 - u * (0.5 - u * (1 / 3 - u / 4)), log1p(u) / u)"},
        {"k", "exp((1 + u) * slope) / tau_decay"}};
    model.states = {"x", "g"};
    model.equations = {"dx/dt = -x / tau_rise", "dg/dt = k * x - g / tau_decay"};
    model.averages = options_.scale_i.value_or(false);
    return model;
}

void DualExponential::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("tau_rise", options_.tau_rise);
    reader.take("tau_decay", options_.tau_decay);
    reader.take("scale_i", options_.scale_i);
    reader.finish();
}

}  // namespace saltus
