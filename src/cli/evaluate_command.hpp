#pragma once

#include "cli/command_line.hpp"
#include "cli/console.hpp"

namespace saltus {

/// `saltus evaluate`: tests a saved model. @return the exit code.
/// @param start when the program began.
int run_evaluate(const CommandLine& command, Console& console, TimePoint start);

}  // namespace saltus
