#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <saltus/optimisers/adam.hpp>
#include <saltus/optimisers/adam_w.hpp>
#include <saltus/optimisers/sgd.hpp>

namespace saltus {

/// How weights follow from gradients.
using Optimiser = std::variant<Adam, AdamW, Sgd>;

/// @throws ModelError naming the argument that is out of its range.
void check(const Optimiser& optimiser);

/// Its name in files: "adam", "adam_w" or "sgd".
std::string optimiser_name(const Optimiser& optimiser);
/// All of these.
std::vector<std::string> optimiser_names();
/// The optimiser of that name with its default settings.
/// @throws ModelError when there is none.
Optimiser optimiser_by_name(const std::string& name);

/// Calls visit(name, setting) for each of its settings, which are float64 or bool.
template <class AnyOptimiser, class Visit>
void visit_settings(AnyOptimiser& optimiser, const Visit& visit) {
    std::visit(
        [&](auto& kind) { std::remove_cvref_t<decltype(kind)>::visit_settings(kind, visit); },
        optimiser);
}

/// Its settings by name; switches are 0 or 1.
std::map<std::string, double> settings_of(const Optimiser& optimiser);
/// Names of its settings, in their order.
std::vector<std::string> setting_names(const Optimiser& optimiser);
/// Changes one of its settings; check() says whether the value is in its range.
/// @throws ModelError when it has none of that name.
void set_setting(Optimiser& optimiser, const std::string& name, double value);

/// Whether it keeps mean squared gradients (v) besides mean gradients (m).
bool keeps_squares(const Optimiser& optimiser);

}  // namespace saltus
