#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// How often the neurons of a population spike in a batch.
struct Activity {
    std::vector<double> spikes;  ///< of each neuron, in all examples
    std::vector<double> active;  ///< examples in which it spikes at all

    explicit Activity(std::size_t neurons) : spikes(neurons, 0.0), active(neurons, 0.0) {}
    /// Adds an example.
    /// @param neurons those that spike in it, one entry a spike.
    void add(std::span<const std::uint32_t> neurons);
};

/// What regularisation adds to the backward pass of every example of a batch, by neuron; empty
/// where it adds nothing.
struct Pulls {
    /// Added to the adjoint of the output variable at each spike.
    std::vector<double> at_spikes;
    /// How strongly a neuron without a spike is drawn to its threshold.
    std::vector<double> of_silent;
};

/// Whether what it adds depends on how often neurons spike in the batch.
bool needs_activity(const PopulationPlan& population);

/// Whether only the neuron of an example's label is drawn to its threshold.
bool draws_label_only(const PopulationPlan& population);

/// What a population's regularisation adds to the derivatives of the mean over so many examples.
/// @param activity ignored unless needs_activity().
Pulls pulls_of(const PopulationPlan& population, const Activity& activity, std::size_t examples);

/// The neurons that an example draws to their threshold.
/// @param neurons those that spike in it. @param label of the example, -1 for none.
std::vector<std::uint32_t> silent_neurons(const PopulationPlan& population, const Pulls& pulls,
                                          std::span<const std::uint32_t> neurons,
                                          std::int32_t label);

}  // namespace saltus
