#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>

namespace saltus {

/// The first bytes of a file, at most `maximum` of them.
/// @throws RuntimeFault (field "file") when it cannot be read, is a folder, or does not fit into
/// memory.
std::string read_file(const std::filesystem::path& path,
                      std::size_t maximum = std::numeric_limits<std::size_t>::max());

}  // namespace saltus
