#pragma once

#include <cstdint>

#include <saltus/data/spike_list.hpp>

#include <saltus/common/random.hpp>

namespace saltus {

/// Deletes each spike of the list with `probability`. Which ones is a function of the stream, the
/// draw and the number of spikes alone.
/// @throws ModelError when the probability is not between 0 and 1.
void delete_spikes(SpikeList& list, double probability, const RandomStream& stream,
                   std::uint64_t draw);

}  // namespace saltus
