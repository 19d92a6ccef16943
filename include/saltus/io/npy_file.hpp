#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <saltus/common/array.hpp>

namespace saltus {

/// Reads an array of numbers in NumPy's format: versions 1 to 3, any byte order, rows or columns
/// first; booleans, whole numbers of up to 64 bits, floating point numbers of 16, 32 and 64.
/// @throws RuntimeFault (field "file") when the file cannot be read.
/// @throws ModelError (field "file") when it is something else, holds other things than numbers (a
/// Python object is never loaded), has not as many bytes as its header says, or whole numbers from
/// 2^53 on, which float64 does not hold.
Array read_npy(const std::filesystem::path& path);

/// The same from memory; `name` stands for the file in errors.
Array parse_npy(std::string_view contents, const std::string& name);

/// Writes an array, at once or not at all, rows first: as float32 where that loses nothing,
/// otherwise as float64.
/// @throws RuntimeFault (field "file") when the file cannot be written.
void write_npy(const std::filesystem::path& path, const Array& array);

/// Writes whole numbers, such as those of neurons, as uint32 in one dimension.
void write_npy(const std::filesystem::path& path, std::span<const std::uint32_t> numbers);

}  // namespace saltus
