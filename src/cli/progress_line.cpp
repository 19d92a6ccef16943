#include "cli/progress_line.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace saltus {
namespace {

constexpr std::size_t kLongestBar = 40;
constexpr std::size_t kShortestBar = 6;

/// "[=====>    ]"
std::string bar(double fraction, std::size_t width) {
    const std::size_t inner = width - 2;
    const double filled = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(inner);
    std::string text(static_cast<std::size_t>(filled), '=');
    if (text.size() < inner) text += '>';
    text.resize(inner, ' ');
    return "[" + text + "]";
}

}  // namespace

std::string progress_line(const ShownProgress& state, unsigned columns) {
    const std::size_t room = columns > 0 ? columns - 1 : 0;
    const std::string head = fmt::format("epoch {}/{} ", state.epoch, state.num_epochs);
    const std::array<std::string, 5> pieces = {
        fmt::format("{:3.0f} %", 100.0 * state.fraction),
        fmt::format("  loss {:.3f}", state.loss),
        fmt::format("  accuracy {:.1f} %", 100.0 * state.accuracy),
        fmt::format("  {} left", duration_text(state.seconds_left)),
        fmt::format("  {} images/s", rate_text(state.images_per_second)),
    };
    std::string tail;
    for (const std::string& piece : pieces) {
        if (head.size() + tail.size() + piece.size() > room) break;
        tail += piece;
    }
    std::string line = head;
    const std::size_t left = room - std::min(room, head.size() + tail.size());
    if (left > kShortestBar) line += bar(state.fraction, std::min(left - 1, kLongestBar)) + " ";
    return (line + tail).substr(0, room);
}

std::string duration_text(double seconds) {
    if (!std::isfinite(seconds)) return "?";
    if (seconds < 10.0) return fmt::format("{:.2f} s", std::max(0.0, seconds));
    const auto whole = static_cast<long long>(std::llround(std::min(seconds, 1e15)));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string rate_text(double per_second) {
    if (per_second >= 999500.0) return fmt::format("{:.1f} M", per_second / 1e6);
    if (per_second >= 99950.0) return fmt::format("{:.0f} k", per_second / 1e3);
    if (per_second >= 999.5) return fmt::format("{:.1f} k", per_second / 1e3);
    return fmt::format("{:.0f}", per_second);
}

std::string grouped(std::size_t number) {
    std::string text = std::to_string(number);
    for (std::size_t position = text.size(); position > 3;) {
        position -= 3;
        text.insert(position, ",");
    }
    return text;
}

}  // namespace saltus
