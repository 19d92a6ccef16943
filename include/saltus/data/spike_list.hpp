#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saltus {

/// Spikes of one population during one example on a time grid: those of step s are
/// neurons[step_begin[s] .. step_begin[s + 1]), sorted by neuron. A spike of step s that comes from
/// data lies in (s * dt - dt, s * dt]. A neuron may stand several times in one step; each counts.
struct SpikeList {
    /// First spike of each step, and the number of spikes: num_steps + 1 entries.
    std::vector<std::uint32_t> step_begin;
    /// Neuron of each spike.
    std::vector<std::uint32_t> neurons;
    /// Time in ms by which each spike precedes its grid time; empty when all are on the grid.
    std::vector<float> offsets;
};

/// Removes the first steps of a list.
void drop_steps(std::size_t count, SpikeList& spikes);

/// Appends the steps of one list to another; both are on the grid.
void append_steps(const SpikeList& more, SpikeList& spikes);

/// The step at which a spike at `time` (ms, not negative) is seen: the first whose grid time
/// step * dt is not before it, where a millionth of a step of rounding error does not count.
std::uint64_t grid_step(double time, double dt);

}  // namespace saltus
