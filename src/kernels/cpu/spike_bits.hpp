#pragma once

#include <cstddef>
#include <cstdint>

namespace saltus::kernels {

/// What list_bits() may write beyond the last number.
inline constexpr std::size_t kListSlack = 64;

/// How many bits of some bytes are set.
std::size_t count_bits(const std::uint8_t* bytes, std::size_t num_bytes);

/// Writes the numbers of the bits that are set, ascending; bit b of byte k is number 8 k + b.
/// @param out has room for all of them and kListSlack more.
void list_bits(const std::uint8_t* bytes, std::size_t num_bytes, std::uint32_t* out);

}  // namespace saltus::kernels
