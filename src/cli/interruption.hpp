#pragma once

#include <csignal>

#include <saltus/runtime/callback.hpp>

namespace saltus {

/// Turns Ctrl-C (SIGINT) and SIGTERM into a request to stop, as long as it lives; a second one ends
/// the process at once. There is one at a time. A signal that was ignored stays ignored, so that
/// nohup and background jobs work.
class Interruption {
  public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    static bool requested();

  private:
    struct sigaction previous_interrupt_;
    struct sigaction previous_terminate_;
};

/// Ends a run after the batch in which a stop was requested.
class StopOnInterruption : public Callback {
  public:
    bool wants_to_stop() override { return Interruption::requested(); }
};

}  // namespace saltus
