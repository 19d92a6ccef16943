#include "cli/console.hpp"

namespace saltus {

double seconds_since(TimePoint start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Console::Console(const Streams& streams, bool json, bool quiet)
    : out_(streams.out),
      err_(streams.err),
      messages_(json ? streams.err : streams.out),
      terminal_(json ? streams.err_terminal : streams.out_terminal),
      json_(json),
      quiet_(quiet) {}

void Console::erase_progress() {
    if (!progress_shown_) return;
    messages_ << "\r\x1b[K" << std::flush;
    progress_shown_ = false;
}

void Console::say(const std::string& line) {
    if (quiet_) return;
    const std::lock_guard lock(mutex_);
    erase_progress();
    messages_ << line << std::endl;
}

void Console::answer(const std::string& text) {
    if (quiet_ && json_) return;
    const std::lock_guard lock(mutex_);
    erase_progress();
    messages_ << text << std::endl;
}

void Console::json(const std::string& line) {
    const std::lock_guard lock(mutex_);
    erase_progress();
    out_ << line << std::endl;
}

void Console::warn(const std::string& message) {
    const std::lock_guard lock(mutex_);
    erase_progress();
    err_ << "saltus: warning: " << message << std::endl;
}

void Console::fail(const std::string& message) {
    const std::lock_guard lock(mutex_);
    erase_progress();
    err_ << "saltus: error: " << message << std::endl;
}

void Console::show_progress(const std::string& line) {
    if (!shows_progress()) return;
    const std::lock_guard lock(mutex_);
    messages_ << '\r' << line << "\x1b[K" << std::flush;
    progress_shown_ = true;
}

}  // namespace saltus
