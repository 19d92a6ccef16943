#pragma once

#include "cli/command_line.hpp"
#include "cli/console.hpp"

namespace saltus {

/// `saltus gradcheck`: compares gradients with finite differences. @return the exit code.
int run_gradcheck(const CommandLine& command, Console& console);

}  // namespace saltus
