#pragma once

#include <string>
#include <string_view>

namespace saltus {

/// Contents followed by a line with their checksum, which readers of HDF5 pass over.
std::string with_checksum(std::string contents);

/// Why a file is not what with_checksum made; empty when it is.
std::string checksum_problem(std::string_view file);

/// The contents of what with_checksum made.
std::string_view without_checksum(std::string_view file);

}  // namespace saltus
