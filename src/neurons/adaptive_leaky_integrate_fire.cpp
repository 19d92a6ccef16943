#include <saltus/neurons/adaptive_leaky_integrate_fire.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

AdaptiveLeakyIntegrateFire::AdaptiveLeakyIntegrateFire(AdaptiveLeakyIntegrateFireOptions options)
    : options_(std::move(options)) {
    const std::string model = class_name();
    check_finite(options_.v_thresh, model, "v_thresh");
    check_finite(options_.v_reset, model, "v_reset");
    check_finite(options_.v, model, "v");
    check_finite(options_.a, model, "a");
    check_finite(options_.beta, model, "beta");
    check_positive(options_.tau_mem, model, "tau_mem");
    check_positive(options_.tau_refrac, model, "tau_refrac");
    check_positive(options_.tau_adapt, model, "tau_adapt");
    readout = options_.readout;
}

std::unique_ptr<Neuron> AdaptiveLeakyIntegrateFire::clone() const {
    return std::make_unique<AdaptiveLeakyIntegrateFire>(*this);
}

NeuronDeclaration AdaptiveLeakyIntegrateFire::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"v_thresh", options_.v_thresh.value_or(1.0), "1", "threshold of a neuron without spikes"},
        {"v_reset", options_.v_reset.value_or(0.0), "1", "voltage after a spike"},
        {"beta", options_.beta.value_or(0.0174), "1", "what a spike adds to the threshold"},
        {"tau_mem", options_.tau_mem.value_or(20.0), "ms", "membrane time constant"},
        {"tau_adapt", options_.tau_adapt.value_or(2000.0), "ms", "time constant of adaptation"}};
    const bool scaled = options_.scale_i.value_or(false);
    model.derived = {{"r", scaled ? "1" : "1 / (1 - exp(-dt / tau_mem))"}};
    model.states = {{"v", options_.v.value_or(0.0), "1"}, {"a", options_.a.value_or(0.0), "1"}};
    model.equations = {"dv/dt = (r * i - v) / tau_mem", "da/dt = -a / tau_adapt"};
    model.threshold = "v >= v_thresh + beta * a";
    const bool relative = options_.relative_reset.value_or(true);
    model.reset = {relative ? "v = v - (v_thresh - v_reset)" : "v = v_reset", "a = a + 1"};
    if (options_.tau_refrac) {
        model.refractory = {
            *options_.tau_refrac, options_.integrate_during_refrac.value_or(true), {"v"}};
    }
    model.output = "v";
    return model;
}

void AdaptiveLeakyIntegrateFire::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("v_thresh", options_.v_thresh);
    reader.take("v_reset", options_.v_reset);
    reader.take("v", options_.v);
    reader.take("a", options_.a);
    reader.take("beta", options_.beta);
    reader.take("tau_mem", options_.tau_mem);
    reader.take("tau_refrac", options_.tau_refrac);
    reader.take("tau_adapt", options_.tau_adapt);
    reader.take("relative_reset", options_.relative_reset);
    reader.take("integrate_during_refrac", options_.integrate_during_refrac);
    reader.take("scale_i", options_.scale_i);
    reader.finish();
}

}  // namespace saltus
