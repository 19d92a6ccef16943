#pragma once

#include <functional>
#include <optional>

#include "backend/cpu/example_run.hpp"

namespace saltus {

/// Runs a function over [0, count) in parts, on one or more threads; the parts' results must not
/// depend on how they are cut.
using ParallelFor = std::function<void(
    std::size_t count,
    const std::function<void(std::size_t begin, std::size_t end, Worker& worker)>& body)>;

/// Some examples of a chunk, one beside the other.
struct SlotRange {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// Which spikes reach the rows of a matrix.
struct SpikeSource {
    std::size_t population;
    /// The connection whose relay they pass through, if there is one.
    std::optional<std::size_t> relayed_by;
    std::size_t num_rows;
    /// Steps from a spike to the row that it reaches.
    std::size_t lag;
    /// Whether there are negative ones, too, which reach the second half of the arrival table.
    bool is_signed = false;

    bool operator==(const SpikeSource&) const = default;
};

/// The spikes of some examples of a chunk sorted by source neuron, each as the row of the target's
/// arrival table (slot * steps + step of arrival) that it reaches; in the order of examples and
/// steps.
class ArrivalSort {
  public:
    /// What sum_rows() is asked for must not cross a multiple of this many neurons.
    static constexpr std::size_t kGrain = 32;

    /// @param num_parts into about how many parts the neurons are cut for several threads; the
    /// result does not depend on it.
    ArrivalSort(const SpikeSource& source, std::size_t num_steps, std::size_t num_parts);

    bool is_of(const SpikeSource& source) const { return source_ == source; }
    std::size_t num_parts() const { return parts_.size(); }
    /// Sorts the spikes of one part's neurons; different threads may sort different parts.
    void sort(const Chunk& chunk, SlotRange slots, std::size_t part);

    /// Calls visit(row, arrival) for the arrivals of some rows, which lie within one part.
    template <class Visit>
    void for_each(std::size_t first, std::size_t count, const Visit& visit) const {
        const Part& part = parts_[first / part_size_];
        for (std::size_t row = first; row < first + count; ++row) {
            const std::size_t place = row - part.first;
            for (std::uint32_t k = part.row_begin[place]; k < part.row_begin[place + 1]; ++k)
                visit(row, part.is_narrow ? part.narrow[k] : part.wide[k]);
        }
    }

    /// Sums the table's rows of the arrivals of neurons [first, first + count).
    void sum_rows(const Floats& table, std::size_t stride, std::size_t first, std::size_t count,
                  bool accumulate, float* out) const;

  private:
    /// Part of a spike list.
    struct Range {
        std::uint32_t begin;
        std::uint32_t end;
    };

    /// The arrivals of some neurons; on lines of the cache that no other part writes to.
    struct alignas(kLinePair) Part {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        SlotRange slots;
        bool is_narrow = true;
        /// By sign, slot and step: where the spikes of these neurons begin and end in the slot's
        /// list.
        std::vector<Range> ranges;
        /// Of each neuron, and the number of arrivals.
        std::vector<std::uint32_t> row_begin;
        /// Where the next arrival of each neuron goes.
        std::vector<std::uint32_t> cursor;
        // One of the two is used, as wide as the number of rows needs.
        std::vector<std::uint16_t> narrow;
        std::vector<std::uint32_t> wide;
    };

    /// Steps whose spikes arrive within the example.
    std::size_t num_arriving_steps() const { return num_steps_ > lag_ ? num_steps_ - lag_ : 0; }
    void find_ranges(const Chunk& chunk, Part& part) const;
    /// How many spikes of each of the part's neurons arrive, to the part's cursors.
    void count_arrivals(const Chunk& chunk, Part& part) const;
    template <class Index>
    void place_arrivals(const Chunk& chunk, Part& part, std::vector<Index>& rows) const;
    /// The same for a part of all neurons, faster: without the ranges of its steps.
    template <class Index>
    void place_all(const Chunk& chunk, Part& part, std::vector<Index>& rows) const;

    /// Lists of spikes: those of all slots, then the negative ones of all slots.
    std::size_t num_lists(const Part& part) const {
        return (source_.is_signed ? 2 : 1) * part.slots.count;
    }
    const SpikeList& list_of(const Chunk& chunk, const Part& part, std::size_t list) const {
        const bool is_negative = list >= part.slots.count;
        const ExampleSlot& slot = chunk.slots[part.slots.first + list % part.slots.count];
        if (source_.relayed_by) {
            const auto& relayed = is_negative ? slot.relayed_negative : slot.relayed;
            return relayed[*source_.relayed_by].spikes();
        }
        return (is_negative ? slot.negative : slot.spikes)[source_.population];
    }
    /// The row of the arrival table where a list's example begins.
    std::size_t first_row_of(const Chunk& chunk, const Part& part, std::size_t list) const {
        const std::size_t half = list >= part.slots.count ? chunk.slots.size() : 0;
        return (half + part.slots.first + list % part.slots.count) * num_steps_;
    }

    SpikeSource source_;
    std::size_t num_steps_;
    /// Steps from a spike to its arrival.
    std::size_t lag_;
    /// Neurons of each part but the last.
    std::size_t part_size_;
    std::vector<Part> parts_;
};

}  // namespace saltus
