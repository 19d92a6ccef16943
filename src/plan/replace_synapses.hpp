#pragma once

#include <memory>
#include <string>

#include <saltus/plan/deep_r.hpp>
#include <saltus/plan/plan.hpp>

#include "plan/synapse_table.hpp"

namespace saltus {

/// Why others cannot take the place of a connection's synapses; empty when they can: when it has a
/// table of them, each with a weight of its own, and one delay for all.
std::string why_synapses_stay(const ConnectionPlan& connection);

/// Whether two synapses of a table without delays join the same neurons.
bool has_multiple_synapses(const SynapseTable& table);

/// The synapses of a table as pairs.
SynapsePairs pairs_of(const SynapseTable& table);

/// A table of as many synapses as a connection has, whose synapses can be replaced.
/// @param where what messages name.
/// @throws ModelError for another number of synapses, indices out of range, or pairs that are not
/// in the order of source and target, each once.
std::shared_ptr<const SynapseTable> table_of(const SynapsePairs& pairs,
                                             const ConnectionPlan& connection,
                                             const std::string& where);

/// Puts a table in the place of a connection's synapses.
void replace_synapses(std::shared_ptr<const SynapseTable> table, ConnectionPlan& connection);

}  // namespace saltus
