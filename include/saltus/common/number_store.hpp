#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace saltus {

/// Arrays of numbers, appended one after the other, that stay where they are until all are
/// dropped: a million short arrays in a few large blocks of memory.
class NumberStore {
  public:
    NumberStore();
    NumberStore(NumberStore&&) noexcept;
    NumberStore& operator=(NumberStore&&) noexcept;
    ~NumberStore();

    /// A further array, whose numbers are not set.
    /// @throws std::bad_alloc
    std::span<std::uint32_t> append(std::size_t count);
    /// A further array with these numbers.
    std::span<const std::uint32_t> append(std::span<const std::uint32_t> numbers);
    /// Drops all arrays, but keeps the memory for new ones.
    void clear();

  private:
    struct Block;

    std::vector<Block> blocks_;
    /// The block that is being filled, and how far.
    std::size_t block_ = 0;
    std::size_t used_ = 0;
};

}  // namespace saltus
