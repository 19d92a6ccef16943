#include "common/aligned_allocator.hpp"

#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace saltus {
namespace {

constexpr std::size_t kLinePair = 128;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// What is allocated for so many bytes: whole huge pages where that takes at most an eighth more.
struct Block {
    explicit Block(std::size_t bytes)
        : size((bytes + kHugePage - 1) / kHugePage * kHugePage), is_huge(size - bytes <= size / 8) {
        if (!is_huge) size = bytes;
    }
    std::align_val_t alignment() const { return std::align_val_t{is_huge ? kHugePage : kLinePair}; }

    std::size_t size;
    bool is_huge;
};

}  // namespace

void* allocate_aligned(std::size_t bytes) {
    const Block block(bytes);
    void* const pointer = ::operator new(block.size, block.alignment());
#ifdef __linux__
    // A wish: where the system does not grant it, all works the same.
    if (block.is_huge) madvise(pointer, block.size, MADV_HUGEPAGE);
#endif
    return pointer;
}

void free_aligned(void* pointer, std::size_t bytes) noexcept {
    ::operator delete(pointer, Block(bytes).alignment());
}

}  // namespace saltus
