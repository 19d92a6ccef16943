#include "backend/cpu/storage.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/cpu/spike_bits.hpp"

namespace saltus {

void Tape::reserve(std::size_t entries, std::size_t floats_per_entry) {
    const std::size_t needed = tape_.count + entries;
    if (headers_.size() < needed) headers_.resize(needed + needed / 2);
    if (values_.size() < needed * floats_per_entry) {
        values_.resize((needed + needed / 2) * floats_per_entry);
    }
    tape_.headers = headers_.data();
    tape_.values = values_.data();
}

void append_spikes(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                   SpikeList& spikes) {
    const std::size_t bytes = padded / 8;
    for (std::size_t step = 0; step < num_steps; ++step, masks += bytes) {
        const std::size_t listed = spikes.neurons.size();
        const std::size_t more = kernels::count_bits(masks, bytes);
        if (more > 0) {
            spikes.neurons.resize(listed + more + kernels::kListSlack);
            kernels::list_bits(masks, bytes, spikes.neurons.data() + listed);
            spikes.neurons.resize(listed + more);
        }
        spikes.step_begin.push_back(static_cast<std::uint32_t>(listed + more));
    }
}

bool have_spikes(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                 std::size_t neurons) {
    for (std::size_t step = 0; step < num_steps; ++step, masks += padded / 8) {
        const std::uint8_t* const end = masks + neurons / 8;
        if (std::any_of(masks, end, [](std::uint8_t mask) { return mask != 0; })) return true;
        // The padding of a vector spikes like any neuron.
        if (neurons % 8 != 0 && (*end & ((1U << neurons % 8) - 1)) != 0) return true;
    }
    return false;
}

void append_bits(const std::uint8_t* masks, std::size_t num_steps, std::size_t padded,
                 std::size_t neurons, std::vector<std::uint32_t>& words) {
    static_assert(std::endian::native == std::endian::little);
    const std::size_t words_per_step = SpikeBits::words_of(neurons);
    const std::size_t bytes = std::min(padded / 8, words_per_step * 4);
    std::size_t at = words.size();
    words.resize(at + num_steps * words_per_step);
    for (std::size_t step = 0; step < num_steps; ++step, at += words_per_step)
        std::memcpy(words.data() + at, masks + step * (padded / 8), bytes);
}

}  // namespace saltus
