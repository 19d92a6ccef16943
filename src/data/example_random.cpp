#include <saltus/data/example_random.hpp>

#include <cmath>
#include <numbers>

namespace saltus {
namespace {

/// Products of uniform numbers stay far above the smallest double.
constexpr double kLargestProduct = 500.0;

}  // namespace

ExampleRandom::ExampleRandom(std::uint64_t seed, std::size_t epoch, std::size_t example,
                             std::size_t transform)
    : stream_(seed, RandomPurpose::kAugmentation, static_cast<std::uint32_t>(epoch)),
      draw_((std::uint64_t{transform} & 0xFFU) << 32 |
            std::uint64_t{static_cast<std::uint32_t>(example)}) {}

std::uint32_t ExampleRandom::word() {
    if (used_ % 4 == 0) words_ = stream_.words(used_ / 4, draw_);
    return words_[used_++ % 4];
}

double ExampleRandom::uniform() {
    return to_uniform(word());
}

std::uint64_t ExampleRandom::below(std::uint64_t bound) {
    const std::uint64_t high = word();
    const std::uint64_t low = word();
    // 64 bits of which the bound takes at most 32: the bias is below 2^-32.
    return (high << 32 | low) % bound;
}

double ExampleRandom::normal() {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::size_t ExampleRandom::poisson(double mean) {
    // Poisson numbers add up, so that a large mean is taken in parts (Knuth's product of uniform
    // numbers for each).
    std::size_t count = 0;
    while (mean > 0.0) {
        const double part = std::fmin(mean, kLargestProduct);
        mean -= part;
        const double limit = std::exp(-part);
        for (double product = uniform(); product > limit; product *= uniform())
            ++count;
    }
    return count;
}

}  // namespace saltus
