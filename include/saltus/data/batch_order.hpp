#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saltus {

/// The numbers 0 to num_examples - 1 in the order of the dataset. A batch is a span of such
/// numbers; spikes are never copied to form one.
/// @throws ModelError for more examples than 32 bits can number.
std::vector<std::uint32_t> natural_order(std::size_t num_examples);

/// The same numbers in a random order that depends on the arguments alone: the same on every
/// machine, whatever was drawn before.
std::vector<std::uint32_t> shuffled_order(std::size_t num_examples, std::uint64_t seed,
                                          std::uint64_t epoch);

}  // namespace saltus
