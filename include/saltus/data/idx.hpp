#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <saltus/common/shape.hpp>

namespace saltus {

/// Contents of an idx file, the format of MNIST and its relatives: unsigned bytes, row-major.
struct IdxArray {
    Shape shape;
    std::vector<std::uint8_t> bytes;
};

/// Reads an idx file of unsigned bytes, plain or compressed with gzip.
/// @throws RuntimeFault when the file cannot be opened or read, or its compression is broken.
/// @throws ModelError when the contents are not what their header says. Both carry "file".
IdxArray read_idx(const std::filesystem::path& path);

/// The same from memory, without compression; `name` stands for the file in errors.
IdxArray parse_idx(std::span<const std::uint8_t> contents, const std::string& name);

}  // namespace saltus
