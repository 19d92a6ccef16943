#pragma once

#include "cli/command_line.hpp"
#include "cli/console.hpp"

namespace saltus {

/// `saltus train`: trains the network of a network file. @return the exit code.
/// @param start when the program began.
int run_train(const CommandLine& command, Console& console, TimePoint start);

}  // namespace saltus
