#pragma once

#include <string>
#include <vector>

#include <saltus/network/network.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// Asks the connectivity of every connection for its synapses and decides what of them is kept in
/// memory.
/// @param matrix_types how synapses may be laid out, the best first.
/// @param learned names of connections whose delays are learned.
/// @throws ModelError naming the connection.
std::vector<ConnectionPlan> lay_out_connections(const Network& network,
                                                const SupportedMatrixType& matrix_types,
                                                std::uint64_t seed, bool exact_times = false,
                                                const std::vector<std::string>& learned = {});

}  // namespace saltus
