#include "kernels/cpu/spike_bits.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/spike_bits.cpp"
#include <bit>
#include <cstring>

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

/// Up to eight bytes as one word.
HWY_INLINE std::uint64_t word_at(const std::uint8_t* bytes, std::size_t count) {
    std::uint64_t word = 0;
    // A copy of a size that the compiler knows is one load.
    if (count == kWordBytes) {
        std::memcpy(&word, bytes, kWordBytes);
    } else {
        std::memcpy(&word, bytes, count);
    }
    return word;
}

std::size_t count_set(const std::uint8_t* bytes, std::size_t num_bytes) {
    std::size_t count = 0;
    std::size_t at = 0;
    for (; at + kWordBytes <= num_bytes; at += kWordBytes)
        count += static_cast<std::size_t>(std::popcount(word_at(bytes + at, kWordBytes)));
    return count + static_cast<std::size_t>(std::popcount(word_at(bytes + at, num_bytes - at)));
}

// A vector of numbers at a time, of which those with a bit are moved together: whether a bit is set
// is nobody's guess, so that a branch on it would cost more.
void list_set(const std::uint8_t* bytes, std::size_t num_bytes, std::uint32_t* out) {
    const hn::ScalableTag<std::uint32_t> d;
    const std::size_t lanes = hn::Lanes(d);
    const auto lane = hn::Iota(d, 0);
    static_assert(hn::MaxLanes(hn::ScalableTag<std::uint32_t>()) <= kListSlack);
    for (std::size_t at = 0; at < num_bytes; at += kWordBytes) {
        const std::size_t count = num_bytes - at < kWordBytes ? num_bytes - at : kWordBytes;
        const std::uint64_t word = word_at(bytes + at, count);
        if (word == 0) continue;
        for (std::size_t bit = 0; bit < 8 * kWordBytes; bit += lanes) {
            const std::uint64_t rest = word >> bit;
            const auto mask = hn::LoadMaskBits(d, reinterpret_cast<const std::uint8_t*>(&rest));
            const auto numbers =
                hn::Add(lane, hn::Set(d, static_cast<std::uint32_t>(8 * at + bit)));
            // Counted in the word, not in the mask: no vector waits for the one before.
            const std::uint64_t before = word & ((std::uint64_t{1} << bit) - 1);
            hn::StoreU(hn::Compress(numbers, mask), d, out + std::popcount(before));
        }
        out += std::popcount(word);
    }
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(count_set);
HWY_EXPORT(list_set);

std::size_t count_bits(const std::uint8_t* bytes, std::size_t num_bytes) {
    return HWY_DYNAMIC_DISPATCH(count_set)(bytes, num_bytes);
}

void list_bits(const std::uint8_t* bytes, std::size_t num_bytes, std::uint32_t* out) {
    HWY_DYNAMIC_DISPATCH(list_set)(bytes, num_bytes, out);
}

}  // namespace saltus::kernels
#endif
