#include <saltus/common/log.hpp>

#include <mutex>
#include <utility>

namespace saltus {
namespace {

std::mutex& handler_mutex() {
    static std::mutex mutex;
    return mutex;
}

LogHandler& handler() {
    static LogHandler current;
    return current;
}

}  // namespace

LogHandler set_log_handler(LogHandler replacement) {
    const std::lock_guard lock(handler_mutex());
    return std::exchange(handler(), std::move(replacement));
}

void log(LogLevel level, const std::string& message) {
    const std::lock_guard lock(handler_mutex());
    if (handler()) handler()(level, message);
}

}  // namespace saltus
