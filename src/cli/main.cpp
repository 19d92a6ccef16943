#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/program.hpp"

namespace {

/// What a stream leads to, as far as progress bars care.
saltus::Terminal terminal_of(int descriptor) {
    saltus::Terminal terminal;
    terminal.present = isatty(descriptor) == 1;
    winsize size{};
    if (terminal.present && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        terminal.columns = size.ws_col;
    }
    return terminal;
}

}  // namespace

int main(int argc, char** argv) {
    const saltus::Streams streams{std::cout, std::cerr, terminal_of(STDOUT_FILENO),
                                  terminal_of(STDERR_FILENO)};
    return saltus::run_program(argc, argv, streams);
}
