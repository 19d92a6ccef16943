#include <saltus/data/batch_order.hpp>

#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

#include <saltus/common/random.hpp>

namespace saltus {
namespace {

/// The 64-bit word scaled to 0 .. bound - 1, for a bound of at most 2^32; in integers, so that no
/// machine rounds differently.
std::size_t scale(std::uint32_t high, std::uint32_t low, std::uint64_t bound) {
    return static_cast<std::size_t>((high * bound + ((low * bound) >> 32)) >> 32);
}

}  // namespace

std::vector<std::uint32_t> natural_order(std::size_t num_examples) {
    constexpr std::uint64_t kMostExamples = std::uint64_t{1} << 32;
    if (num_examples > kMostExamples) {
        throw ModelError("natural_order",
                         fmt::format("{} examples are more than the {} that 32 bits can number",
                                     num_examples, kMostExamples),
                         "split the dataset")
            .with("examples", std::to_string(num_examples));
    }
    std::vector<std::uint32_t> order(num_examples);
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

std::vector<std::uint32_t> shuffled_order(std::size_t num_examples, std::uint64_t seed,
                                          std::uint64_t epoch) {
    std::vector<std::uint32_t> order = natural_order(num_examples);
    const RandomStream stream(seed, RandomPurpose::kShuffle, 0);
    for (std::size_t left = num_examples; left > 1; --left) {
        const auto words = stream.words(left, epoch);
        std::swap(order[left - 1], order[scale(words[0], words[1], left)]);
    }
    return order;
}

}  // namespace saltus
