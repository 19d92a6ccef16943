#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <saltus/common/random.hpp>

namespace saltus {

/// Many random numbers of one element at once, by vectors. Number k is made of
/// stream.words(element, k / 4)[k % 4]; it has the same bits on every instruction set.
/// @param words numbers from `first` on, which is a multiple of 4; at most 2^34 - 1.
void random_words(const RandomStream& stream, std::uint64_t element, std::size_t first,
                  std::span<std::uint32_t> words);

/// The natural logarithm of 1 - p for p in (0, 1), to about 1e-15, with the same bits on every
/// machine.
double log_of_complement(double p);

/// Numbers of failures before a success, each floor(log(U) / log(1 - p)) for U in (0, 1].
/// @param scale -1 / log(1 - p); @param limit greatest number, which stands for all above it.
void random_gaps(const RandomStream& stream, std::uint64_t element, std::size_t first, double scale,
                 std::uint32_t limit, std::span<std::uint32_t> gaps);

/// Whole numbers below a bound, each as likely as the others up to 2^-32.
/// @param bound how many there are; @param skipped one that is left out, in which case the others
/// are bound - 1 numbers, or `bound` when none is.
void random_numbers(const RandomStream& stream, std::uint64_t element, std::size_t first,
                    std::uint32_t bound, std::uint32_t skipped, std::span<std::uint32_t> numbers);

}  // namespace saltus
