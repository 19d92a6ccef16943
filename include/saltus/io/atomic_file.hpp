#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace saltus {

/// Writes a file so that whoever looks sees either the old contents or all of the new ones: into a
/// temporary file of the same folder, which then takes the name. A symbolic link is followed, and
/// an existing file's permissions are kept.
/// @throws RuntimeFault (field "file") saying why; the old file is then as it was, and the
/// temporary one is gone.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> contents);
void write_file_atomically(const std::filesystem::path& path, std::string_view contents);

}  // namespace saltus
