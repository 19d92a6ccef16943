#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace saltus {

/// The bytes of an HDF5 file, read at places that the file itself names: each is checked.
class Hdf5Bytes {
  public:
    /// The address that stands for "nowhere".
    static constexpr std::uint64_t kUndefined = ~std::uint64_t{0};

    /// @param name what the file is called in errors.
    Hdf5Bytes(std::span<const std::uint8_t> contents, std::string name)
        : contents_(contents), name_(std::move(name)) {}

    std::size_t size() const { return contents_.size(); }
    /// `size` bytes from `begin` on.
    /// @param what they are, for the error when the file does not have them.
    std::span<const std::uint8_t> at(std::uint64_t begin, std::uint64_t size,
                                     const char* what) const;
    /// A little-endian number of 1 to 8 bytes.
    std::uint64_t number(std::uint64_t begin, std::size_t bytes, const char* what) const;
    /// Refuses the file unless these characters stand there.
    void require_signature(std::uint64_t begin, std::string_view signature, const char* what) const;

    /// @throws ModelError (field "file").
    [[noreturn]] void fail(const std::string& problem) const;
    /// For files that are sound, but written in ways that are not read.
    [[noreturn]] void fail_unsupported(const std::string& problem) const;

  private:
    std::span<const std::uint8_t> contents_;
    std::string name_;
};

/// A little-endian number in bytes that were checked, of which `begin` and those after it exist.
std::uint64_t little_endian(std::span<const std::uint8_t> bytes, std::size_t begin,
                            std::size_t count);

}  // namespace saltus
