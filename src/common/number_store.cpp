#include <saltus/common/number_store.hpp>

#include <algorithm>

#include "common/aligned_allocator.hpp"

namespace saltus {
namespace {

// A store of little stays little; one of much consists of huge pages.
constexpr std::size_t kFirstBlock = std::size_t{16} << 10;
constexpr std::size_t kLargestBlock = std::size_t{1} << 20;

}  // namespace

/// Not a vector, which would set every number to zero first.
struct NumberStore::Block {
    struct Free {
        std::size_t size;
        void operator()(std::uint32_t* numbers) const {
            AlignedAllocator<std::uint32_t>().deallocate(numbers, size);
        }
    };

    explicit Block(std::size_t count)
        : numbers(AlignedAllocator<std::uint32_t>().allocate(count), Free{count}), size(count) {}

    std::unique_ptr<std::uint32_t, Free> numbers;
    std::size_t size;
};

NumberStore::NumberStore() = default;
NumberStore::NumberStore(NumberStore&&) noexcept = default;
NumberStore& NumberStore::operator=(NumberStore&&) noexcept = default;
NumberStore::~NumberStore() = default;

std::span<std::uint32_t> NumberStore::append(std::size_t count) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < count) {
        ++block_;
        used_ = 0;
    }
    if (block_ == blocks_.size()) {
        const std::size_t usual =
            std::min(kLargestBlock, kFirstBlock << std::min<std::size_t>(block_, 10));
        blocks_.emplace_back(std::max(count, usual));
    }
    std::uint32_t* const begin = blocks_[block_].numbers.get() + used_;
    used_ += count;
    return {begin, count};
}

std::span<const std::uint32_t> NumberStore::append(std::span<const std::uint32_t> numbers) {
    const std::span<std::uint32_t> place = append(numbers.size());
    std::copy(numbers.begin(), numbers.end(), place.begin());
    return place;
}

void NumberStore::clear() {
    block_ = 0;
    used_ = 0;
}

}  // namespace saltus
