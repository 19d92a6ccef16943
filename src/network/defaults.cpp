#include <saltus/network/defaults.hpp>

#include <algorithm>

#include <saltus/common/errors.hpp>
#include <saltus/network/neuron.hpp>
#include <saltus/network/synapse.hpp>

#include "common/text.hpp"

namespace saltus {

DefaultsReader::DefaultsReader(const ParameterDefaults& defaults, std::string class_name)
    : defaults_(defaults), class_name_(std::move(class_name)) {}

void DefaultsReader::take(const std::string& name, std::optional<InitValue>& argument) {
    known_.push_back(name);
    const auto found = defaults_.find(name);
    if (found == defaults_.end() || argument) return;
    argument = std::visit([](auto value) { return InitValue(double(value)); }, found->second);
}

void DefaultsReader::take(const std::string& name, std::optional<bool>& argument) {
    known_.push_back(name);
    const auto found = defaults_.find(name);
    if (found == defaults_.end() || argument) return;
    argument = std::visit([](auto value) { return value != 0; }, found->second);
}

void DefaultsReader::finish() const {
    for (const auto& [name, value] : defaults_) {
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        throw ModelError("default_params of " + class_name_, "there is no argument '" + name + "'",
                         suggest(name, known_))
            .with("parameter", name);
    }
}

// A model without arguments accepts no defaults.
void Neuron::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader(defaults, class_name()).finish();
}

void Synapse::apply_defaults(const ParameterDefaults& defaults) {
    DefaultsReader(defaults, class_name()).finish();
}

}  // namespace saltus
