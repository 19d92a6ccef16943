#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace saltus {

/// A growing sequence of 32-bit numbers that takes 16 bits for each as long as all of them fit.
class CompactNumbers {
  public:
    std::size_t size() const { return narrow_.size() + wide_.size(); }
    /// Memory that the numbers occupy, in bytes.
    std::size_t memory_bytes() const;

    /// Sets memory aside for `count` numbers in all.
    void reserve(std::size_t count);
    /// Adds numbers at the end.
    void append(std::span<const std::uint32_t> numbers);

    /// Becomes `count` zeros, to be overwritten with numbers of at most `largest`.
    void assign_zeros(std::size_t count, std::size_t largest);
    /// Overwrites the numbers from `first` on, which must exist. Any number of threads may
    /// overwrite different ones at once.
    void write(std::size_t first, std::span<const std::uint32_t> numbers);

    /// Copies the numbers `first` to `first + count - 1`, which must exist, to `to`.
    void copy(std::size_t first, std::size_t count, std::uint32_t* to) const;

    /// Asks the processor to fetch those numbers into its cache.
    void prefetch(std::size_t first, std::size_t count) const;

  private:
    void widen_all();

    // One of the two holds the numbers, the other is empty.
    std::vector<std::uint16_t> narrow_;
    std::vector<std::uint32_t> wide_;
};

}  // namespace saltus
