#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <saltus/common/random.hpp>

#include "plan/synapse_table.hpp"

namespace saltus {

/// Synapses that have gone, and those that came in their place.
struct Rewired {
    /// All synapses now; null when none has gone.
    std::shared_ptr<const SynapseTable> table;
    /// For each of them: its number among the old ones, or kNew.
    std::vector<std::uint32_t> from;
    /// Of the new ones, in their order: whether they are negative.
    std::vector<bool> is_negative;
    std::size_t count = 0;
    /// How many of the new ones join two neurons whose synapse has just gone.
    std::size_t returned = 0;

    static constexpr std::uint32_t kNew = 0xFFFFFFFFU;
};

/// Replaces synapses of a table by as many others, drawn with equal probability among all pairs of
/// neurons that have none then, those that have just gone included. There are always as many of
/// these as are wanted, so that a full matrix is no special case. The table stays sorted by source,
/// then by target. Takes time in proportion to the synapses, and none but a look at each when none
/// goes.
///
/// Draws are a function of (stream, update) alone; the sign of a pair is one of the stream, so that
/// it is the same whenever that pair is connected again.
/// G. Bellec, D. Kappel, W. Maass, R. Legenstein, "Deep rewiring: training very sparse deep
/// networks", ICLR 2018.
/// @param table without numbered weights and delays, and without a pair that stands in it twice.
/// @param goes whether a synapse goes, by its number.
/// @param skips_self whether no neuron of a table without synapses from a number to itself gets
/// one.
Rewired rewire(const SynapseTable& table, const std::vector<bool>& goes, const RandomStream& stream,
               std::uint64_t update, bool skips_self = false);

/// What belongs to synapses, as it lies after they were rewired; 0 for new ones.
template <class Values>
void take_along(const Rewired& rewired, Values& values) {
    if (rewired.count == 0) return;
    Values moved(values.size(), 0);
    for (std::size_t synapse = 0; synapse < rewired.from.size(); ++synapse) {
        if (rewired.from[synapse] != Rewired::kNew) moved[synapse] = values[rewired.from[synapse]];
    }
    values = std::move(moved);
}

}  // namespace saltus
