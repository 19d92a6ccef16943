#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <saltus/common/random.hpp>

namespace saltus {

/// Random numbers for one transform of one example in one epoch, drawn one after the other. They
/// are a function of the seed and these three numbers alone: the order in which examples are made
/// does not matter.
class ExampleRandom {
  public:
    /// @param transform number of the transform, below 256.
    ExampleRandom(std::uint64_t seed, std::size_t epoch, std::size_t example,
                  std::size_t transform);

    /// Uniform in (0, 1].
    double uniform();
    /// A whole number from 0 to `bound` - 1, each as likely; `bound` is at least 1 and at most
    /// 2^32.
    std::uint64_t below(std::uint64_t bound);
    /// Standard normal.
    double normal();
    /// From a Poisson distribution of this mean, which is finite and not negative.
    std::size_t poisson(double mean);

    const RandomStream& stream() const { return stream_; }
    std::uint64_t draw() const { return draw_; }

  private:
    std::uint32_t word();

    RandomStream stream_;
    std::uint64_t draw_;
    std::uint64_t used_ = 0;
    std::array<std::uint32_t, 4> words_{};
};

}  // namespace saltus
