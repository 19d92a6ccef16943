#include "io/model_parts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/losses/mean_square_error_loss.hpp>
#include <saltus/losses/relative_mean_square_error.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>
#include <saltus/synapses/alpha.hpp>
#include <saltus/synapses/delta.hpp>
#include <saltus/synapses/dual_exponential.hpp>
#include <saltus/synapses/exponential.hpp>
#include <saltus/synapses/user_synapse.hpp>

#include "io/model_kinds.hpp"
#include "io/user_neuron_kind.hpp"

namespace saltus {
namespace {

std::unique_ptr<Synapse> read_delta(const TomlTable& /*table*/) {
    return std::make_unique<Delta>();
}

std::unique_ptr<Synapse> read_exponential(const TomlTable& table) {
    ExponentialOptions options;
    take(table, "tau", options.tau);
    table.read("scale_i", options.scale_i);
    return std::make_unique<Exponential>(options);
}

std::unique_ptr<Synapse> read_alpha(const TomlTable& table) {
    AlphaOptions options;
    take(table, "tau", options.tau);
    table.read("scale_i", options.scale_i);
    return std::make_unique<Alpha>(options);
}

std::unique_ptr<Synapse> read_dual_exponential(const TomlTable& table) {
    DualExponentialOptions options;
    take(table, "tau_rise", options.tau_rise);
    take(table, "tau_decay", options.tau_decay);
    table.read("scale_i", options.scale_i);
    return std::make_unique<DualExponential>(options);
}

std::unique_ptr<Synapse> read_user_synapse(const TomlTable& table) {
    SynapseDeclaration model;
    table.require("equations");
    table.read("equations", model.equations);
    model.parameters = read_parameters(table);
    model.derived = read_derived_constants(table);
    table.read("arrival", model.arrival);
    table.read("current", model.current);
    table.read("gain", model.gain);
    table.read("scale_i", model.averages);
    return table.locate("equations", [&] { return std::make_unique<UserSynapse>(model); });
}

const std::vector<Kind<Synapse>>& synapse_kinds() {
    static const std::vector<Kind<Synapse>> kKinds = {
        {"alpha", {"tau", "scale_i"}, read_alpha},
        {"delta", {}, read_delta},
        {"dual_exponential", {"tau_rise", "tau_decay", "scale_i"}, read_dual_exponential},
        {"exponential", {"tau", "scale_i"}, read_exponential},
        {"user_synapse",
         {"equations", "parameters", "derived", "arrival", "current", "gain", "scale_i"},
         read_user_synapse}};
    return kKinds;
}

std::unique_ptr<Loss> read_crossentropy(const TomlTable& table) {
    double temperature = 1.0;
    table.read("temperature", temperature);
    return std::make_unique<SparseCategoricalCrossentropy>(temperature);
}

std::unique_ptr<Loss> read_mean_square_error(const TomlTable& /*table*/) {
    return std::make_unique<MeanSquareErrorLoss>();
}

std::unique_ptr<Loss> read_relative_mean_square_error(const TomlTable& table) {
    double delta = 0.0;
    table.require("delta");
    table.read("delta", delta);
    return std::make_unique<RelativeMeanSquareError>(delta);
}

const std::vector<Kind<Loss>>& loss_kinds() {
    static const std::vector<Kind<Loss>> kKinds = {
        {"sparse_categorical_crossentropy", {"temperature"}, read_crossentropy},
        {"mean_square_error", {}, read_mean_square_error},
        {"relative_mean_square_error", {"delta"}, read_relative_mean_square_error}};
    return kKinds;
}

}  // namespace

std::unique_ptr<Synapse> read_synapse(const TomlTable& table, std::string_view key) {
    const auto [name, arguments] = table.require_typed(key);
    return read_kind(synapse_kinds(), "synapse", name, arguments, {"type"}, table, key);
}

std::shared_ptr<const Loss> read_loss(const TomlTable& table, std::string_view key) {
    const auto [name, arguments] = table.require_typed(key);
    return read_kind(loss_kinds(), "loss", name, arguments, {"type"}, table, key);
}

Optimiser read_optimiser(const TomlTable& table, std::string_view key) {
    const auto [name, arguments] = table.require_typed(key);
    const std::vector<std::string> names = optimiser_names();
    if (std::find(names.begin(), names.end(), name) == names.end())
        table.fail_unknown(key, "optimiser", name, names);
    Optimiser optimiser = optimiser_by_name(name);
    std::vector<std::string> known{"type"};
    for (const std::string& setting : setting_names(optimiser))
        known.push_back(setting);
    arguments.require_known(known);
    visit_settings(optimiser, [&arguments = arguments](const char* setting, auto& value) {
        arguments.read(setting, value);
    });
    arguments.locate("type", [&] { check(optimiser); });
    return optimiser;
}

}  // namespace saltus
