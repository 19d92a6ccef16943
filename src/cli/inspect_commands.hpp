#pragma once

#include "cli/command_line.hpp"
#include "cli/console.hpp"

namespace saltus {

/// `saltus explain`: prints what a network is compiled to. @return the exit code.
int run_explain(const CommandLine& command, Console& console);

/// `saltus version`. @return the exit code.
int run_version(Console& console);

}  // namespace saltus
