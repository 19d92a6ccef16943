#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/data/spike_list.hpp>

namespace saltus {

/// Spikes of one population during one example as bits, which take less room than a list where
/// neurons spike often: neuron n spikes in step s when bit n % 32 of
/// words[s * words_per_step + n / 32] is set.
struct SpikeBits {
    std::size_t words_per_step = 0;
    std::span<const std::uint32_t> words;

    static std::size_t words_of(std::size_t neurons) { return (neurons + 31) / 32; }
    SpikeList to_list() const;
    /// Adds the number of spikes of each neuron.
    void add_counts(std::span<std::uint32_t> counts) const;
};

/// Spikes of one population during one example, as a list or as bits.
struct RecordedSpikes {
    SpikeList list;
    /// Words of SpikeBits, when there are any.
    std::size_t words_per_step = 0;
    std::vector<std::uint32_t> words;

    bool are_bits() const { return words_per_step > 0; }
    SpikeBits bits() const { return {words_per_step, words}; }
    /// As a list in either case.
    SpikeList to_list() const { return are_bits() ? bits().to_list() : list; }
};

}  // namespace saltus
