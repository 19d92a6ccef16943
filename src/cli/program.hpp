#pragma once

#include "cli/console.hpp"

namespace saltus {

/// How the program ends.
enum ExitCode : int {
    kSuccess = 0,
    kFailure = 1,  ///< the network, the data or the machine is at fault
    kWrongCommandLine = 2,
    kDefect = 70,        ///< Saltus itself is at fault
    kInterrupted = 130,  ///< Ctrl-C; what was asked for is saved
};

/// Runs the program `saltus`. Never throws; the answer is the process's exit code.
int run_program(int argc, const char* const* argv, const Streams& streams);

}  // namespace saltus
