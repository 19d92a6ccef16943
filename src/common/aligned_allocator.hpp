#pragma once

#include <cstddef>

namespace saltus {

/// Memory that begins with a line of the cache, of which neighbours are fetched in pairs: vectors
/// load it whole, and threads that write next to each other do not share lines. Large blocks ask
/// for huge pages, since rows of a large matrix that are read in any order would otherwise miss the
/// table of pages, too.
/// @throws std::bad_alloc
void* allocate_aligned(std::size_t bytes);
/// @param bytes as given to allocate_aligned().
void free_aligned(void* pointer, std::size_t bytes) noexcept;

template <class T>
struct AlignedAllocator {
    using value_type = T;  // NOLINT(readability-identifier-naming)

    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>& /*other*/) {
    }  // NOLINT(google-explicit-constructor)

    T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
    void deallocate(T* pointer, std::size_t count) noexcept {
        free_aligned(pointer, count * sizeof(T));
    }
    bool operator==(const AlignedAllocator&) const = default;
};

}  // namespace saltus
