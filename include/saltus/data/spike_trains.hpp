#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace saltus {

/// One spike: a neuron and a time in ms from the start of the example.
struct Spike {
    std::uint32_t neuron;
    double time;

    bool operator==(const Spike&) const = default;
};

/// Spikes of a dataset in compressed rows, one row an example, each sorted by time, then neuron.
/// Times are exact (ms, float64) and belong to no time grid; GridSpikes puts them on one.
class SpikeTrains {
  public:
    /// @param num_neurons size of the population that the spikes are for.
    explicit SpikeTrains(std::size_t num_neurons) : num_neurons_(num_neurons) {}

    /// Adds an example with these spikes, which may come in any order.
    /// @throws ModelError naming example, neuron and time when a neuron does not exist or a time is
    /// negative or not finite; the trains are then as they were.
    void append(std::span<const Spike> spikes);
    /// Adds an example from parallel arrays: `times` in ms and the neuron of each, in any order.
    /// @throws ModelError as above, and when the two lengths disagree.
    void append(std::span<const double> times, std::span<const std::uint32_t> neurons);

    /// Adds all examples of other trains of a population of the same size.
    /// @throws ModelError when it has another size.
    void append(const SpikeTrains& more);
    /// Adds some of its examples, in this order; one may come more than once.
    /// @throws ModelError likewise, and when it does not hold them.
    void append(const SpikeTrains& more, std::span<const std::uint32_t> examples);
    /// Sets memory aside for this many examples and spikes in all, so that adding them moves none.
    void reserve(std::size_t num_examples, std::size_t num_spikes);

    std::size_t num_neurons() const { return num_neurons_; }
    std::size_t num_examples() const { return row_begin_.size() - 1; }
    /// Spikes of all examples together.
    std::size_t num_spikes() const { return times_.size(); }
    /// Spikes of one example.
    std::size_t num_spikes(std::size_t example) const;
    /// Neuron of each spike of one example, in the order of `times`. Valid until the next append.
    std::span<const std::uint32_t> neurons(std::size_t example) const;
    /// Time in ms of each spike of one example, ascending. Valid until the next append.
    std::span<const double> times(std::size_t example) const;
    /// Time in ms of the last spike of all examples; 0 when there is none.
    double latest_time() const;

  private:
    void append_sorted(std::span<const Spike> spikes);
    void require_example(std::size_t example) const;
    void require_same_population(const SpikeTrains& more) const;

    std::size_t num_neurons_;
    std::vector<std::size_t> row_begin_{0};
    std::vector<std::uint32_t> neurons_;
    std::vector<double> times_;
};

}  // namespace saltus
