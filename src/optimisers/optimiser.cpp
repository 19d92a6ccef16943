#include <saltus/optimisers/optimiser.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

const char* name_of_kind(const Adam& /*optimiser*/) {
    return "adam";
}
const char* name_of_kind(const AdamW& /*optimiser*/) {
    return "adam_w";
}
const char* name_of_kind(const Sgd& /*optimiser*/) {
    return "sgd";
}

/// One optimiser of every kind, with default settings.
std::vector<Optimiser> all_optimisers() {
    return {Adam(), AdamW(), Sgd()};
}

}  // namespace

void check(const Optimiser& optimiser) {
    std::visit([](const auto& kind) { kind.check(); }, optimiser);
}

std::string optimiser_name(const Optimiser& optimiser) {
    return std::visit([](const auto& kind) { return name_of_kind(kind); }, optimiser);
}

std::vector<std::string> optimiser_names() {
    std::vector<std::string> names;
    for (const Optimiser& optimiser : all_optimisers())
        names.push_back(optimiser_name(optimiser));
    return names;
}

Optimiser optimiser_by_name(const std::string& name) {
    for (const Optimiser& optimiser : all_optimisers()) {
        if (optimiser_name(optimiser) == name) return optimiser;
    }
    throw ModelError("Optimiser", fmt::format("there is no optimiser '{}'", name),
                     suggest(name, optimiser_names()))
        .with("parameter", "optimiser");
}

std::map<std::string, double> settings_of(const Optimiser& optimiser) {
    std::map<std::string, double> settings;
    visit_settings(optimiser, [&](const char* name, const auto& value) {
        settings[name] = static_cast<double>(value);
    });
    return settings;
}

std::vector<std::string> setting_names(const Optimiser& optimiser) {
    std::vector<std::string> names;
    visit_settings(optimiser, [&](const char* name, const auto&) { names.emplace_back(name); });
    return names;
}

void set_setting(Optimiser& optimiser, const std::string& name, double value) {
    bool found = false;
    visit_settings(optimiser, [&](const char* known, auto& setting) {
        if (name != known) return;
        setting = static_cast<std::remove_reference_t<decltype(setting)>>(value);
        found = true;
    });
    if (found) return;
    throw ModelError("Optimiser",
                     fmt::format("'{}' has no setting '{}'", optimiser_name(optimiser), name),
                     suggest(name, setting_names(optimiser)))
        .with("parameter", name);
}

bool keeps_squares(const Optimiser& optimiser) {
    return !std::holds_alternative<Sgd>(optimiser);
}

}  // namespace saltus
