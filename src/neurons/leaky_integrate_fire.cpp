#include <saltus/neurons/leaky_integrate_fire.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

LeakyIntegrateFire::LeakyIntegrateFire(LeakyIntegrateFireOptions options)
    : LeakyIntegrateFire(std::move(options), "LeakyIntegrateFire") {}

LeakyIntegrateFire::LeakyIntegrateFire(LeakyIntegrateFireOptions options, const std::string& model)
    : options_(std::move(options)) {
    check_finite(options_.v_thresh, model, "v_thresh");
    check_finite(options_.v_reset, model, "v_reset");
    check_finite(options_.v, model, "v");
    check_positive(options_.tau_mem, model, "tau_mem");
    check_positive(options_.tau_refrac, model, "tau_refrac");
    readout = options_.readout;
}

std::unique_ptr<Neuron> LeakyIntegrateFire::clone() const {
    return std::make_unique<LeakyIntegrateFire>(*this);
}

NeuronDeclaration LeakyIntegrateFire::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"v_thresh", options_.v_thresh.value_or(1.0), "1", "voltage at which the neuron spikes"},
        {"v_reset", options_.v_reset.value_or(0.0), "1", "voltage after a spike"},
        {"tau_mem", options_.tau_mem.value_or(20.0), "ms", "membrane time constant"}};
    const bool scaled = options_.scale_i.value_or(false);
    model.derived = {{"r", scaled ? "1" : "1 / (1 - exp(-dt / tau_mem))"}};
    model.states = {{"v", options_.v.value_or(0.0), "1"}};
    model.equations = {"dv/dt = (r * i - v) / tau_mem"};
    model.threshold = "v >= v_thresh";
    const bool relative = options_.relative_reset.value_or(true);
    model.reset = {relative ? "v = v - (v_thresh - v_reset)" : "v = v_reset"};
    if (options_.tau_refrac) {
        model.refractory = {*options_.tau_refrac, options_.integrate_during_refrac.value_or(true)};
    }
    model.output = "v";
    return model;
}

void LeakyIntegrateFire::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("v_thresh", options_.v_thresh);
    reader.take("v_reset", options_.v_reset);
    reader.take("v", options_.v);
    reader.take("tau_mem", options_.tau_mem);
    reader.take("tau_refrac", options_.tau_refrac);
    reader.take("relative_reset", options_.relative_reset);
    reader.take("integrate_during_refrac", options_.integrate_during_refrac);
    reader.take("scale_i", options_.scale_i);
    reader.finish();
}

}  // namespace saltus
