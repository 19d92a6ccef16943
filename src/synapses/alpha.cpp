#include <saltus/synapses/alpha.hpp>

#include "neurons/arguments.hpp"

namespace saltus {

Alpha::Alpha(AlphaOptions options) : options_(std::move(options)) {
    check_positive(options_.tau, class_name(), "tau");
}

SynapseDeclaration Alpha::declare() const {
    SynapseDeclaration model;
    model.parameters = {
        {"tau", options_.tau.value_or(5.0), "ms", "time from arrival to the maximum"}};
    model.states = {"x", "g"};
    model.equations = {"dx/dt = -x / tau", "dg/dt = (exp(1) * x - g) / tau"};
    model.averages = options_.scale_i.value_or(false);
    return model;
}

void Alpha::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader reader(defaults, class_name());
    reader.take("tau", options_.tau);
    reader.take("scale_i", options_.scale_i);
    reader.finish();
}

}  // namespace saltus
