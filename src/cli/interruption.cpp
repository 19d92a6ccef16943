#include "cli/interruption.hpp"

#include <atomic>

#include <unistd.h>

#include "cli/program.hpp"

namespace saltus {
namespace {

// Signal handlers can reach nothing but a global, and may only touch lock-free atomics.
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void request_stop(int /*signal*/) {
    if (stop_requested.exchange(true)) _exit(kInterrupted);
}

void install(int signal, struct sigaction& previous) {
    struct sigaction action {};
    action.sa_handler = request_stop;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(signal, nullptr, &previous);
    if (previous.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
}

}  // namespace

Interruption::Interruption() {
    stop_requested = false;
    install(SIGINT, previous_interrupt_);
    install(SIGTERM, previous_terminate_);
}

Interruption::~Interruption() {
    sigaction(SIGINT, &previous_interrupt_, nullptr);
    sigaction(SIGTERM, &previous_terminate_, nullptr);
}

bool Interruption::requested() {
    return stop_requested;
}

}  // namespace saltus
