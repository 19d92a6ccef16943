#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <saltus/network/connection.hpp>

#include "connectivity/listed_rows.hpp"

namespace saltus {

/// Synapses that are drawn together.
struct DrawnPairs {
    std::size_t num_pre;
    std::size_t num_post;
    std::size_t number;  ///< of each target neuron, or of all
    bool skips_self;
};

/// @throws ModelError when neurons may not be connected to themselves but there are no others, or
/// when there are more synapses than a list holds.
void require_drawable(const Connection& connection, const DrawnPairs& pairs, std::size_t total);

/// `number` sources for each target neuron; element post * number + slot.
std::shared_ptr<const SynapseRows> draw_sources(const DrawnPairs& pairs,
                                                const RandomStream& stream);

/// `number` pairs; element k is the k-th drawn.
std::shared_ptr<const SynapseRows> draw_pairs(const DrawnPairs& pairs, const RandomStream& stream);

}  // namespace saltus
