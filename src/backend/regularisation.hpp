#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/plan/plan.hpp>

namespace saltus {

/// What regularisation adds to the backward pass of every example of a batch, by neuron; empty
/// where it adds nothing.
struct Pulls {
    /// Added to the adjoint of the output variable at each spike.
    std::vector<double> at_spikes;
    /// How strongly a neuron without a spike is drawn to its threshold.
    std::vector<double> of_silent;
};

/// The neurons that an example draws to their threshold.
/// @param neurons those that spike in it. @param label of the example, -1 for none.
std::vector<std::uint32_t> silent_neurons(const PopulationPlan& population, const Pulls& pulls,
                                          std::span<const std::uint32_t> neurons,
                                          std::int32_t label);

/// How often neurons spike in a batch, and what regularisation makes of it: numbers of spikes count
/// as means over the batch, so that all of its examples must have been run forward before.
class BatchPulls {
  public:
    /// @param populations outlive it.
    explicit BatchPulls(const std::vector<PopulationPlan>& populations);

    /// Whether anything depends on how often neurons spike.
    bool needs_spikes() const;
    /// Begins a batch of so many examples; without any count yet, what does not depend on it is
    /// there already.
    void begin(std::size_t examples);
    /// Adds an example.
    /// @param spikes_of called with the number of a population: its neurons that spike, one entry a
    /// spike.
    template <class SpikesOf>
    void add(const SpikesOf& spikes_of) {
        for (std::size_t index = 0; index < activity_.size(); ++index)
            if (!activity_[index].spikes.empty()) activity_[index].add(spikes_of(index));
    }
    /// Once all examples have been added.
    void finish();
    /// By population.
    const std::vector<Pulls>& all() const { return pulls_; }

  private:
    struct Activity {
        std::vector<double>
            spikes;  ///< of each neuron, in all examples; none where they are no matter
        std::vector<double> active;  ///< examples in which it spikes at all

        void add(std::span<const std::uint32_t> neurons);
    };

    Pulls pulls_of(std::size_t population) const;

    const std::vector<PopulationPlan>& populations_;
    double examples_ = 1.0;
    std::vector<Activity> activity_;
    std::vector<Pulls> pulls_;
};

}  // namespace saltus
