#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <saltus/data/compact_numbers.hpp>
#include <saltus/data/spike_list.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus {

class RandomStream;

/// All spikes of a dataset sorted into time steps once and kept: in 16 bits a number
/// where they fit, otherwise in 32. Examples are added, never changed, so that any number of
/// threads may unpack at once.
class GridSpikes {
  public:
    /// An empty dataset for a population of `num_neurons`, `num_steps` steps of `dt` ms an example.
    /// @throws ModelError when dt is not a positive number or there is no step.
    GridSpikes(std::size_t num_neurons, std::size_t num_steps, double dt);

    /// Puts every example of `trains` on the grid (see grid_step).
    /// @param keep_offsets remember by how much each spike precedes its grid time.
    /// @throws ModelError naming example, neuron, time and the example's end for a spike after the
    /// last step.
    static GridSpikes from(const SpikeTrains& trains, double dt, std::size_t num_steps,
                           bool keep_offsets = false);

    /// Takes the examples of a block, in their order.
    using TakeExample = std::function<void(const SpikeList&)>;
    /// Makes the examples `first` to `last - 1` and hands each to `take`.
    using MakeExamples =
        std::function<void(std::size_t first, std::size_t last, const TakeExample& take)>;
    /// A dataset whose examples are made by several threads at once, each written to its place.
    /// @param num_spikes of each example; `make` must keep to it.
    /// @param threads how many, 0 for one a core; the result does not depend on it.
    /// @throws ModelError as append() does, and for an example of another number of spikes or with
    /// offsets; whatever `make` throws.
    static GridSpikes assemble(std::size_t num_neurons, std::size_t num_steps, double dt,
                               std::span<const std::uint32_t> num_spikes, const MakeExamples& make,
                               int threads);

    std::size_t num_examples() const { return row_begin_.size() - 1; }
    std::size_t num_neurons() const { return num_neurons_; }
    /// Steps of every example.
    std::size_t num_steps() const { return num_steps_; }
    /// Length of a step in ms.
    double dt() const { return dt_; }
    /// Spikes of all examples together.
    std::size_t num_spikes() const { return row_begin_.back(); }
    /// Spikes of one example.
    std::size_t num_spikes(std::size_t example) const;
    /// Memory that the spikes occupy, in bytes.
    std::size_t memory_bytes() const;

    /// Adds an example.
    /// @throws ModelError when the list does not fit the grid: its steps, a neuron, the order of
    /// the neurons within a step, or an offset outside [0, dt]; the dataset is then as it was.
    void append(const SpikeList& list);
    /// Sets memory aside for this many examples and spikes in all, so that adding them moves none.
    void reserve(std::size_t num_examples, std::size_t num_spikes);

    /// Asks the processor to fetch an example that will be unpacked soon.
    void prefetch(std::size_t example) const;
    /// Unpacks one example into `list`, whose vectors are reused.
    void unpack(std::size_t example, SpikeList& list) const;
    /// The same with each spike deleted with `probability` (0 to 1). Which ones is a function of
    /// the stream, `draw` (40 bits) and the number of spikes alone; the cost of choosing grows with
    /// the deleted ones.
    void unpack(std::size_t example, double probability, const RandomStream& stream,
                std::uint64_t draw, SpikeList& list) const;

  private:
    void require_example(std::size_t example) const;
    void require_fits(std::size_t example, const SpikeList& list) const;
    void put(std::size_t example, const SpikeList& list);

    std::size_t num_neurons_;
    std::size_t num_steps_;
    double dt_;
    std::vector<std::size_t> row_begin_{0};
    // num_steps_ + 1 entries an example, counted from the example's first spike.
    CompactNumbers step_begin_;
    CompactNumbers neurons_;
    // Empty as long as every spike is on the grid.
    std::vector<float> offsets_;
};

}  // namespace saltus
