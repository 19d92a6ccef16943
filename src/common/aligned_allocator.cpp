#include "common/aligned_allocator.hpp"

#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace saltus {
namespace {

constexpr std::size_t kLinePair = 128;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t{bytes < 2 * kHugePage ? kLinePair : kHugePage};
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
    const std::align_val_t alignment = alignment_of(bytes);
    void* const pointer = ::operator new(bytes, alignment);
#ifdef __linux__
    // A wish: where the system does not grant it, all works the same. What follows the last whole
    // huge page is left out, so that no more memory is used than asked for.
    if (alignment == std::align_val_t{kHugePage})
        madvise(pointer, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
    return pointer;
}

void free_aligned(void* pointer, std::size_t bytes) noexcept {
    ::operator delete(pointer, alignment_of(bytes));
}

}  // namespace saltus
