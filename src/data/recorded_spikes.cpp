#include <saltus/data/recorded_spikes.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace saltus {
namespace {

/// Each bit of a byte as a byte of a word.
constexpr std::array<std::uint64_t, 256> spread_bits() {
    std::array<std::uint64_t, 256> spread{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        for (std::size_t bit = 0; bit < 8; ++bit)
            spread[byte] |= std::uint64_t{byte >> bit & 1U} << (8 * bit);
    }
    return spread;
}

constexpr std::array<std::uint64_t, 256> kSpread = spread_bits();

}  // namespace

SpikeList SpikeBits::to_list() const {
    SpikeList list;
    list.step_begin.reserve(words.size() / words_per_step + 1);
    list.step_begin.push_back(0);
    std::size_t count = 0;
    for (const std::uint32_t word : words)
        count += static_cast<std::size_t>(std::popcount(word));
    list.neurons.reserve(count);
    for (std::size_t step = 0; step < words.size(); step += words_per_step) {
        for (std::size_t place = 0; place < words_per_step; ++place) {
            for (std::uint32_t word = words[step + place]; word != 0; word &= word - 1) {
                list.neurons.push_back(static_cast<std::uint32_t>(place * 32) +
                                       static_cast<std::uint32_t>(std::countr_zero(word)));
            }
        }
        list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
    }
    return list;
}

void SpikeBits::add_counts(std::span<std::uint32_t> counts) const {
    const std::size_t steps = words_per_step > 0 ? words.size() / words_per_step : 0;
    for (std::size_t neuron = 0; neuron < counts.size(); neuron += 8) {
        const std::size_t place = neuron / 32;
        const std::size_t shift = neuron % 32;
        const std::size_t present = std::min<std::size_t>(8, counts.size() - neuron);
        for (std::size_t step = 0; step < steps;) {
            // Eight counters of eight bits, which are full after 255 steps.
            const std::size_t end = std::min(steps, step + 255);
            std::uint64_t sums = 0;
            for (; step < end; ++step)
                sums += kSpread[words[step * words_per_step + place] >> shift & 255U];
            for (std::size_t bit = 0; bit < present; ++bit)
                counts[neuron + bit] += static_cast<std::uint32_t>(sums >> (8 * bit) & 255U);
        }
    }
}

}  // namespace saltus
