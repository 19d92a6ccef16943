#pragma once

#include <array>
#include <cstdint>

namespace saltus {

/// What a random stream is for: part of its key, so that streams never overlap.
enum class RandomPurpose : std::uint32_t {
    kWeights = 1,
    kDelays = 2,
    kParameters = 3,
    kPoissonInput = 4,
    kShuffle = 5,
    kInputDropout = 6,
    kConnectivity = 7,
    kAugmentation = 8,
    kFeedback = 9,
    kRewiring = 10,
};

/// Counter-based random numbers (Philox4x32-10): element i of a stream is a function of the key and
/// i alone, whatever was drawn before, on whichever thread.
class RandomStream {
  public:
    /// @param seed the user's seed; @param purpose and @param owner (population or connection
    /// index) complete the key.
    RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint32_t owner);

    /// Four independent 32-bit words for (element, draw).
    std::array<std::uint32_t, 4> words(std::uint64_t element, std::uint64_t draw = 0) const;
    /// Uniform in (0, 1], 32 bits of resolution.
    double uniform(std::uint64_t element, std::uint64_t draw = 0) const;
    /// Standard normal (Box-Muller on one counter).
    double normal(std::uint64_t element, std::uint64_t draw = 0) const;

    /// What vector code needs to draw the same words: the key of the generator ...
    const std::array<std::uint32_t, 2>& key() const { return key_; }
    /// ... and the last word of its counters.
    std::uint32_t owner() const { return owner_; }
    bool operator==(const RandomStream&) const = default;

  private:
    std::array<std::uint32_t, 2> key_;
    std::uint32_t owner_;
};

/// Word to uniform number in (0, 1].
inline double to_uniform(std::uint32_t word) {
    return (static_cast<double>(word) + 1.0) * 0x1p-32;
}

}  // namespace saltus
