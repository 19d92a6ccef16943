#pragma once

#include <functional>
#include <string>

namespace saltus {

enum class LogLevel { kDebug, kInfo, kWarning };

/// Receives the library's messages. The library itself never prints.
using LogHandler = std::function<void(LogLevel, const std::string&)>;

/// Installs the handler (an empty one discards messages) and returns the previous one. The handler
/// may be called from any thread, one call at a time.
LogHandler set_log_handler(LogHandler handler);

/// Sends a message to the handler, if there is one.
void log(LogLevel level, const std::string& message);

}  // namespace saltus
