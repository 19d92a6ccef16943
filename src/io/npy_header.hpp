#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <saltus/common/shape.hpp>

namespace saltus {

/// What stands before the numbers of a file in NumPy's format.
struct NpyHeader {
    char kind = 'f';  ///< 'b' boolean, 'i' signed, 'u' unsigned, 'f' floating point
    std::size_t item_bytes = 8;
    bool is_big_endian = false;
    bool columns_first = false;
    Shape shape;
    std::size_t data_begin = 0;  ///< offset of the first number
};

/// A longer header is none of an array of numbers.
inline constexpr std::size_t kMostNpyHeader = 1 << 16;

/// Reads the header and checks that the file has exactly its numbers after it.
/// @param contents the file, or at least its first kMostNpyHeader + 12 bytes.
/// @param file_size in bytes.
/// @param name the file, for errors.
/// @throws ModelError (field "file").
NpyHeader parse_npy_header(std::string_view contents, std::size_t file_size,
                           const std::string& name);

/// The header of an array of numbers, rows first. @param type in NumPy's words, such as "<f4".
std::string npy_header_text(const Shape& shape, const std::string& type);

}  // namespace saltus
