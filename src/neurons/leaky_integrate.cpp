#include <saltus/neurons/leaky_integrate.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

LeakyIntegrate::LeakyIntegrate(LeakyIntegrateOptions options) : options_(std::move(options)) {
    check_finite(options_.v, class_name(), "v");
    check_finite(options_.bias, class_name(), "bias");
    check_positive(options_.tau_mem, class_name(), "tau_mem");
    readout = options_.readout;
}

std::unique_ptr<Neuron> LeakyIntegrate::clone() const {
    return std::make_unique<LeakyIntegrate>(*this);
}

NeuronDeclaration LeakyIntegrate::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"tau_mem", options_.tau_mem.value_or(20.0), "ms", "membrane time constant"},
        {"bias", options_.bias.value_or(0.0), "1", "added to the voltage in every step"}};
    const std::string whole_step = "1 / (1 - exp(-dt / tau_mem))";
    model.derived = {{"r", options_.scale_i.value_or(false) ? "1" : whole_step},
                     {"r_bias", whole_step}};
    model.states = {{"v", options_.v.value_or(0.0), "1"}};
    model.equations = {"dv/dt = (r * i + r_bias * bias - v) / tau_mem"};
    model.output = "v";
    return model;
}

void LeakyIntegrate::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("v", options_.v);
    reader.take("bias", options_.bias);
    reader.take("tau_mem", options_.tau_mem);
    reader.take("scale_i", options_.scale_i);
    reader.finish();
}

}  // namespace saltus
