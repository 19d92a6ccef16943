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

/// Reads the header and checks that exactly its numbers follow. @param name the file, for errors.
/// @throws ModelError (field "file").
NpyHeader parse_npy_header(std::string_view contents, const std::string& name);

/// The header of an array of '<f4' or '<f8', rows first.
std::string npy_header_text(const Shape& shape, std::size_t item_bytes);

}  // namespace saltus
