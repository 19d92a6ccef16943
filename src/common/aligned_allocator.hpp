#pragma once

#include <cstddef>
#include <new>

namespace saltus {

/// Memory that begins with a line of the cache, of which neighbours are fetched in pairs: vectors
/// load it whole, and threads that write next to each other do not share lines.
template <class T>
struct AlignedAllocator {
    using value_type = T;  // NOLINT(readability-identifier-naming)
    static constexpr std::align_val_t kAlignment{128};

    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>& /*other*/) {
    }  // NOLINT(google-explicit-constructor)

    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
    }
    void deallocate(T* pointer, std::size_t /*count*/) noexcept {
        ::operator delete(pointer, kAlignment);
    }
    bool operator==(const AlignedAllocator&) const = default;
};

}  // namespace saltus
