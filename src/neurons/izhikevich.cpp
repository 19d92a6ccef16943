#include <saltus/neurons/izhikevich.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

Izhikevich::Izhikevich(IzhikevichOptions options) : options_(std::move(options)) {
    const std::string model = class_name();
    check_finite(options_.a, model, "a");
    check_finite(options_.b, model, "b");
    check_finite(options_.c, model, "c");
    check_finite(options_.d, model, "d");
    check_finite(options_.v_thresh, model, "v_thresh");
    check_finite(options_.v, model, "v");
    check_finite(options_.u, model, "u");
    check_positive(options_.tau_refrac, model, "tau_refrac");
    readout = options_.readout;
}

std::unique_ptr<Neuron> Izhikevich::clone() const {
    return std::make_unique<Izhikevich>(*this);
}

NeuronDeclaration Izhikevich::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"a", options_.a.value_or(0.02), "1 / ms", "rate of the recovery"},
        {"b", options_.b.value_or(0.2), "1 / ms", "coupling of the recovery to the voltage"},
        {"c", options_.c.value_or(-65.0), "mV", "membrane voltage after a spike"},
        {"d", options_.d.value_or(8.0), "mV / ms", "what a spike adds to the recovery"},
        {"v_thresh", options_.v_thresh.value_or(30.0), "mV",
         "membrane voltage at which the neuron spikes"}};
    model.states = {{"v", options_.v.value_or(-65.0), "mV"},
                    {"u", options_.u.value_or(-13.0), "mV / ms"}};
    model.equations = {"dv/dt = 0.04 * v * v + 5 * v + 140 - u + i", "du/dt = a * (b * v - u)"};
    model.threshold = "v >= v_thresh";
    model.reset = {"v = c", "u = u + d"};
    model.solver = options_.solver;
    model.sub_steps = options_.sub_steps;
    if (options_.tau_refrac) model.refractory = {*options_.tau_refrac, false, {"v"}};
    model.output = "v";
    return model;
}

void Izhikevich::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    for_each_argument(options_,
                      [&](const char* name, auto& argument) { reader.take(name, argument); });
    reader.finish();
}

}  // namespace saltus
