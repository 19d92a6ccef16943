#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <saltus/compilers/event_prop_compiler.hpp>
#include <saltus/compilers/inference_compiler.hpp>
#include <saltus/connectivity/dense.hpp>
#include <saltus/network/sequential_network.hpp>
#include <saltus/neurons/adaptive_leaky_integrate_fire.hpp>
#include <saltus/neurons/inputs.hpp>
#include <saltus/neurons/integrate_fire.hpp>
#include <saltus/neurons/leaky_integrate.hpp>
#include <saltus/neurons/leaky_integrate_fire.hpp>
#include <saltus/readouts/readouts.hpp>
#include <saltus/synapses/delta.hpp>
#include <saltus/synapses/exponential.hpp>

#include "support/backends.hpp"
#include "support/numbers.hpp"

namespace saltus::test {

/// A dataset of spike trains on the grid, with a label for each example.
struct SpikeData {
    std::shared_ptr<GridSpikes> spikes;
    std::vector<std::int32_t> labels;

    /// As inputs of the population "input" and labels of the population "output".
    Inputs inputs() const { return {{"input", std::shared_ptr<const GridSpikes>(spikes)}}; }
    Labels targets() const { return {{"output", labels}}; }
    /// The examples of the given numbers.
    SpikeData select(const std::vector<std::size_t>& examples) const;
};

/// Examples whose neurons spike in each step with probability `density`.
SpikeData random_spikes(Numbers& numbers, std::size_t examples, std::size_t neurons,
                        std::size_t steps, double density, std::size_t classes, double dt = 1.0);

/// Examples of two or more classes that are easy to tell apart: the neurons of a class spike early,
/// the others late.
SpikeData separable_spikes(Numbers& numbers, std::size_t examples, std::size_t neurons,
                           std::size_t steps, std::size_t classes);

/// One example with spikes in the given steps of neurons 0, 1, ...
std::shared_ptr<GridSpikes> spikes_at(const std::vector<std::vector<std::size_t>>& steps,
                                      std::size_t num_steps, double dt);

/// Sizes and scales of a three-layer network for EventProp: "input", "hidden", "output".
struct SmallNetwork {
    std::size_t inputs = 12;
    std::size_t hidden = 10;
    std::size_t outputs = 3;
    bool recurrent = false;
    std::uint64_t seed = 1;
};
Network small_network(const SmallNetwork& sizes);

/// Spikes of one population of a trace as (step, neuron) pairs.
std::vector<std::pair<std::size_t, std::size_t>> spike_pairs(const SpikeList& list);

}  // namespace saltus::test
