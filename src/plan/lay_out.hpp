#pragma once

#include <vector>

#include <saltus/network/network.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// Asks the connectivity of every connection for its synapses and decides what of them is kept in
/// memory.
/// @param matrix_types how synapses may be laid out, the best first.
/// @throws ModelError naming the connection.
std::vector<ConnectionPlan> lay_out_connections(const Network& network,
                                                const SupportedMatrixType& matrix_types,
                                                std::uint64_t seed, bool exact_times = false);

}  // namespace saltus
