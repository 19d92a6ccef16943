#pragma once

#include <saltus/io/network_file.hpp>

#include "io/toml_table.hpp"

namespace saltus {

/// Reads [compiler] into the parts of the network file that say how it is compiled.
void read_compiler_section(const TomlTable& table, NetworkFile& file);

}  // namespace saltus
