#include "data/hdf5_bytes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {

std::span<const std::uint8_t> Hdf5Bytes::at(std::uint64_t begin, std::uint64_t size,
                                            const char* what) const {
    if (begin <= contents_.size() && size <= contents_.size() - begin)
        return contents_.subspan(begin, size);
    if (begin == kUndefined) fail(fmt::format("has no {}", what));
    fail(fmt::format("says that its {} takes {} bytes from byte {} on, but has {} bytes in all",
                     what, size, begin, contents_.size()));
}

std::uint64_t Hdf5Bytes::number(std::uint64_t begin, std::size_t bytes, const char* what) const {
    return little_endian(at(begin, bytes, what), 0, bytes);
}

void Hdf5Bytes::require_signature(std::uint64_t begin, std::string_view signature,
                                  const char* what) const {
    const auto found = at(begin, signature.size(), what);
    if (std::equal(found.begin(), found.end(), signature.begin())) return;
    fail(fmt::format("has no {} at byte {}, where there should be one", what, begin));
}

void Hdf5Bytes::fail(const std::string& problem) const {
    throw ModelError(name_, problem, "the file is damaged, or another one; give another copy")
        .with("file", name_);
}

void Hdf5Bytes::fail_unsupported(const std::string& problem) const {
    throw ModelError(name_, problem,
                     "write the file anew, for example with h5py.File(name, \"w\", "
                     "libver=\"earliest\"), without compression or with compression=\"gzip\"")
        .with("file", name_)
        .unsupported();
}

std::uint64_t little_endian(std::span<const std::uint8_t> bytes, std::size_t begin,
                            std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t byte = count; byte > 0; --byte)
        value = value << 8 | bytes[begin + byte - 1];
    return value;
}

}  // namespace saltus
