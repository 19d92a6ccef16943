#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <saltus/network/connectivity.hpp>
#include <saltus/network/loss.hpp>
#include <saltus/network/neuron.hpp>
#include <saltus/network/synapse.hpp>
#include <saltus/optimisers/optimiser.hpp>

#include "io/toml_table.hpp"

namespace saltus {

/// The neuron of a [[population]] table, which may have `own_keys` besides the neuron's arguments.
std::unique_ptr<Neuron> read_neuron(const TomlTable& population,
                                    const std::vector<std::string>& own_keys);

/// The connectivity of a [[connection]] table, which may have `own_keys` besides its arguments.
std::unique_ptr<Connectivity> read_connectivity(const TomlTable& connection,
                                                const std::vector<std::string>& own_keys);

/// `key = "delta"` or `key = { type = "exponential", tau = 5.0 }`
std::unique_ptr<Synapse> read_synapse(const TomlTable& table, std::string_view key);

/// `key = { type = "sparse_categorical_crossentropy", temperature = 1.0 }` or the name alone
std::shared_ptr<const Loss> read_loss(const TomlTable& table, std::string_view key);

/// `key = { type = "adam", alpha = 0.001 }` or the name alone
Optimiser read_optimiser(const TomlTable& table, std::string_view key);

/// A number, a list of numbers, a list of such lists, `{ normal = { mean = 0.0, sd = 1.0 } }`, or
/// the name of an initializer. Nothing when there is no such key.
std::optional<InitValue> read_value(const TomlTable& table, std::string_view key);

}  // namespace saltus
