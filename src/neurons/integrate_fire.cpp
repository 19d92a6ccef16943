#include <saltus/neurons/integrate_fire.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

IntegrateFire::IntegrateFire(IntegrateFireOptions options)
    : IntegrateFire(std::move(options), "IntegrateFire") {}

IntegrateFire::IntegrateFire(IntegrateFireOptions options, const std::string& model)
    : options_(std::move(options)) {
    check_finite(options_.v_thresh, model, "v_thresh");
    check_finite(options_.v_reset, model, "v_reset");
    check_finite(options_.v, model, "v");
    readout = options_.readout;
}

std::unique_ptr<Neuron> IntegrateFire::clone() const {
    return std::make_unique<IntegrateFire>(*this);
}

NeuronDeclaration IntegrateFire::declare() const {
    NeuronDeclaration model;
    model.parameters = {
        {"v_thresh", options_.v_thresh.value_or(1.0), "1", "voltage at which the neuron spikes"},
        {"v_reset", options_.v_reset.value_or(0.0), "1", "voltage after a spike"}};
    model.states = {{"v", options_.v.value_or(0.0), "1"}};
    model.equations = {"dv/dt = i / dt"};
    model.threshold = "v >= v_thresh";
    model.reset = {"v = v_reset"};
    model.output = "v";
    return model;
}

void IntegrateFire::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("v_thresh", options_.v_thresh);
    reader.take("v_reset", options_.v_reset);
    reader.take("v", options_.v);
    reader.finish();
}

}  // namespace saltus
