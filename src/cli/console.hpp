#pragma once

#include <chrono>
#include <mutex>
#include <ostream>
#include <string>

namespace saltus {

using TimePoint = std::chrono::steady_clock::time_point;

/// Seconds from then to now.
double seconds_since(TimePoint start);

/// Whether a stream leads to a terminal, and how wide that is.
struct Terminal {
    bool present = false;
    unsigned columns = 80;
};

/// Where the program writes.
struct Streams {
    std::ostream& out;
    std::ostream& err;
    Terminal out_terminal;
    Terminal err_terminal;
};

/// Writes what the program says. With JSON asked for, standard output is kept for that and
/// everything else goes to standard error.
class Console {
  public:
    Console(const Streams& streams, bool json, bool quiet);

    /// A line about what happens; nothing when quiet.
    void say(const std::string& line);
    /// What was asked for: shown even when quiet, unless JSON tells it already.
    void answer(const std::string& text);
    /// The machine-readable result, on standard output.
    void json(const std::string& line);
    void warn(const std::string& message);
    void fail(const std::string& message);
    /// A line that the next one replaces; only on a terminal.
    void show_progress(const std::string& line);
    /// Whether progress lines are seen by anybody.
    bool shows_progress() const { return terminal_.present && !quiet_; }
    unsigned columns() const { return terminal_.columns; }

  private:
    void erase_progress();

    std::ostream& out_;
    std::ostream& err_;
    std::ostream& messages_;
    Terminal terminal_;
    bool json_;
    bool quiet_;
    bool progress_shown_ = false;
    // Warnings may come from worker threads.
    std::mutex mutex_;
};

}  // namespace saltus
