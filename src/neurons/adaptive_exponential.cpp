#include <saltus/neurons/adaptive_exponential.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

AdaptiveExponential::AdaptiveExponential(AdaptiveExponentialOptions options)
    : options_(std::move(options)) {
    const std::string model = class_name();
    check_positive(options_.c_m, model, "c_m");
    check_positive(options_.g_l, model, "g_l");
    check_finite(options_.v_rest, model, "v_rest");
    check_finite(options_.v_thresh, model, "v_thresh");
    check_positive(options_.delta_t, model, "delta_t");
    check_finite(options_.v_spike, model, "v_spike");
    check_finite(options_.v_reset, model, "v_reset");
    check_finite(options_.a, model, "a");
    check_finite(options_.b, model, "b");
    check_positive(options_.tau_w, model, "tau_w");
    check_finite(options_.v, model, "v");
    check_finite(options_.w, model, "w");
    check_positive(options_.tau_refrac, model, "tau_refrac");
    readout = options_.readout;
}

std::unique_ptr<Neuron> AdaptiveExponential::clone() const {
    return std::make_unique<AdaptiveExponential>(*this);
}

NeuronDeclaration AdaptiveExponential::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"c_m", options_.c_m.value_or(281.0), "pF", "membrane capacitance"},
        {"g_l", options_.g_l.value_or(30.0), "nS", "leak conductance"},
        {"v_rest", options_.v_rest.value_or(-70.6), "mV", "resting potential"},
        {"v_thresh", options_.v_thresh.value_or(-50.4), "mV",
         "voltage from which on the upstroke is fast"},
        {"delta_t", options_.delta_t.value_or(2.0), "mV", "sharpness of the upstroke"},
        {"v_spike", options_.v_spike.value_or(20.0), "mV",
         "membrane voltage at which the neuron spikes"},
        {"v_reset", options_.v_reset.value_or(-70.6), "mV", "membrane voltage after a spike"},
        {"a", options_.a.value_or(4.0), "nS", "coupling of the adaptation to the voltage"},
        {"b", options_.b.value_or(80.5), "pA", "what a spike adds to the adaptation"},
        {"tau_w", options_.tau_w.value_or(144.0), "ms", "time constant of the adaptation"}};
    model.states = {{"v", options_.v.value_or(-70.6), "mV"}, {"w", options_.w.value_or(0.0), "pA"}};
    model.equations = {
        "dv/dt = (g_l * (v_rest - v) + g_l * delta_t * exp((min(v, v_spike) - v_thresh) / delta_t) "
        "- w + i) / c_m",
        "dw/dt = (a * (v - v_rest) - w) / tau_w"};
    model.threshold = "v >= v_spike";
    model.reset = {"v = v_reset", "w = w + b"};
    model.solver = options_.solver;
    model.sub_steps = options_.sub_steps;
    if (options_.tau_refrac) model.refractory = {*options_.tau_refrac, false, {"v"}};
    model.output = "v";
    return model;
}

void AdaptiveExponential::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    for_each_argument(options_,
                      [&](const char* name, auto& argument) { reader.take(name, argument); });
    reader.finish();
}

}  // namespace saltus
