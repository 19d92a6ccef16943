#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saltus {

/// The C++ compiler of this machine: $SALTUS_CXX, else c++, g++ or clang++ on the PATH.
std::optional<std::filesystem::path> find_system_compiler();

/// A text that changes when the compiler does.
std::string compiler_identity(const std::filesystem::path& compiler);

/// Compiles one source file into a shared library, without a shell.
/// @return the compiler's messages when it failed, nothing when it succeeded.
std::optional<std::string> compile_shared_library(const std::filesystem::path& compiler,
                                                  const std::vector<std::string>& flags,
                                                  const std::filesystem::path& source,
                                                  const std::filesystem::path& library);

}  // namespace saltus
