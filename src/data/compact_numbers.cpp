#include <saltus/data/compact_numbers.hpp>

#include <algorithm>

namespace saltus {
namespace {

// Compilers use vector instructions at -O2 only for loops whose number of rounds they know.
constexpr std::size_t kBlock = 16;

void widen(const std::uint16_t* from, std::size_t count, std::uint32_t* to) {
    std::size_t i = 0;
    for (; i + kBlock <= count; i += kBlock) {
        for (std::size_t j = 0; j < kBlock; ++j)
            to[i + j] = from[i + j];
    }
    for (; i < count; ++i)
        to[i] = from[i];
}

void narrow(const std::uint32_t* from, std::size_t count, std::uint16_t* to) {
    std::size_t i = 0;
    for (; i + kBlock <= count; i += kBlock) {
        for (std::size_t j = 0; j < kBlock; ++j)
            to[i + j] = static_cast<std::uint16_t>(from[i + j]);
    }
    for (; i < count; ++i)
        to[i] = static_cast<std::uint16_t>(from[i]);
}

bool fits_16_bits(std::span<const std::uint32_t> numbers) {
    std::uint32_t all_bits = 0;
    for (const std::uint32_t number : numbers)
        all_bits |= number;
    return all_bits <= 0xFFFFU;
}

}  // namespace

std::size_t CompactNumbers::memory_bytes() const {
    return narrow_.capacity() * sizeof(std::uint16_t) + wide_.capacity() * sizeof(std::uint32_t);
}

void CompactNumbers::reserve(std::size_t count) {
    if (wide_.empty()) {
        narrow_.reserve(count);
    } else {
        wide_.reserve(count);
    }
}

void CompactNumbers::append(std::span<const std::uint32_t> numbers) {
    if (wide_.empty() && fits_16_bits(numbers)) {
        narrow_.insert(narrow_.end(), numbers.begin(), numbers.end());
        return;
    }
    if (wide_.empty()) widen_all();
    wide_.insert(wide_.end(), numbers.begin(), numbers.end());
}

void CompactNumbers::assign_zeros(std::size_t count, std::size_t largest) {
    const bool is_narrow = largest <= 0xFFFFU;
    narrow_ = std::vector<std::uint16_t>(is_narrow ? count : 0);
    wide_ = std::vector<std::uint32_t>(is_narrow ? 0 : count);
}

void CompactNumbers::write(std::size_t first, std::span<const std::uint32_t> numbers) {
    if (wide_.empty()) {
        narrow(numbers.data(), numbers.size(), narrow_.data() + first);
    } else {
        std::copy(numbers.begin(), numbers.end(), wide_.data() + first);
    }
}

void CompactNumbers::copy(std::size_t first, std::size_t count, std::uint32_t* to) const {
    if (wide_.empty()) {
        widen(narrow_.data() + first, count, to);
    } else {
        std::copy_n(wide_.data() + first, count, to);
    }
}

void CompactNumbers::widen_all() {
    wide_.reserve(narrow_.capacity());
    wide_.assign(narrow_.begin(), narrow_.end());
    // Assigning an empty list would keep the memory.
    narrow_ = std::vector<std::uint16_t>();
}

void CompactNumbers::prefetch(std::size_t first, std::size_t count) const {
    constexpr std::size_t kLineBytes = 64;
    const bool is_narrow = wide_.empty();
    const std::size_t width = is_narrow ? sizeof(std::uint16_t) : sizeof(std::uint32_t);
    const char* const data = is_narrow ? reinterpret_cast<const char*>(narrow_.data())
                                       : reinterpret_cast<const char*>(wide_.data());
    for (std::size_t byte = 0; byte < count * width; byte += kLineBytes) {
        __builtin_prefetch(data + first * width + byte);
    }
}

}  // namespace saltus
