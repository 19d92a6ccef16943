#include <saltus/neurons/resonate_fire.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

ResonateFire::ResonateFire(ResonateFireOptions options) : options_(std::move(options)) {
    const std::string model = class_name();
    check_finite(options_.v_thresh, model, "v_thresh");
    check_finite(options_.x_reset, model, "x_reset");
    check_finite(options_.y_reset, model, "y_reset");
    check_finite(options_.omega, model, "omega");
    check_positive(options_.tau_mem, model, "tau_mem");
    check_finite(options_.x, model, "x");
    check_finite(options_.y, model, "y");
    check_positive(options_.tau_refrac, model, "tau_refrac");
    readout = options_.readout;
}

std::unique_ptr<Neuron> ResonateFire::clone() const {
    return std::make_unique<ResonateFire>(*this);
}

NeuronDeclaration ResonateFire::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"v_thresh", options_.v_thresh.value_or(1.0), "1", "swing at which the neuron spikes"},
        {"x_reset", options_.x_reset.value_or(0.0), "1", "x after a spike"},
        {"y_reset", options_.y_reset.value_or(0.0), "1", "y after a spike"},
        {"omega", options_.omega.value_or(0.5), "1 / ms", "angular frequency"},
        {"tau_mem", options_.tau_mem.value_or(20.0), "ms", "time constant of the damping"}};
    model.states = {{"x", options_.x.value_or(0.0), "1"}, {"y", options_.y.value_or(0.0), "1"}};
    model.equations = {"dx/dt = -x / tau_mem - omega * y + i", "dy/dt = omega * x - y / tau_mem"};
    model.threshold = "y >= v_thresh";
    model.reset = {"x = x_reset", "y = y_reset"};
    if (options_.tau_refrac) model.refractory = {*options_.tau_refrac, false, {"x", "y"}};
    model.output = "y";
    return model;
}

void ResonateFire::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    for_each_argument(options_,
                      [&](const char* name, auto& argument) { reader.take(name, argument); });
    reader.finish();
}

}  // namespace saltus
