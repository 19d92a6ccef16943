#include <saltus/backend/profile.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace saltus {
namespace {

/// "1.23 G": three digits and a prefix.
std::string short_number(double number) {
    const char* prefix = "";
    for (const char* next : {"k", "M", "G", "T"}) {
        if (number < 1000.0) break;
        number /= 1000.0;
        prefix = next;
    }
    const int decimals = number >= 100.0 || *prefix == '\0' ? 0 : number >= 10.0 ? 1 : 2;
    return fmt::format("{:.{}f}{}{}", number, decimals, *prefix == '\0' ? "" : " ", prefix);
}

}  // namespace

double Profile::other_seconds() const {
    double rest = seconds * threads;
    for (const PassProfile& pass : passes)
        rest -= pass.seconds;
    return std::max(0.0, rest);
}

std::string Profile::to_string() const {
    std::size_t width = 10;
    double all = other_seconds();
    for (const PassProfile& pass : passes) {
        width = std::max(width, pass.subject.size());
        all += pass.seconds;
    }
    std::string text = fmt::format("{:<16} {:<{}}  {:>10} {:>7} {:>9}  {}\n", "pass", "of", width,
                                   "time", "share", "calls", "events");
    const auto share = [all](double part) { return all > 0.0 ? 100.0 * part / all : 0.0; };
    for (const PassProfile& pass : passes) {
        const std::string rate =
            pass.seconds > 0.0 && pass.events > 0
                ? fmt::format(", {}/s", short_number(double(pass.events) / pass.seconds))
                : "";
        text += fmt::format("{:<16} {:<{}}  {:>8.4f} s {:>5.1f} % {:>9}  {} {}{}\n", pass.pass,
                            pass.subject, width, pass.seconds, share(pass.seconds), pass.calls,
                            short_number(double(pass.events)), pass.unit, rate);
    }
    text += fmt::format("{:<16} {:<{}}  {:>8.4f} s {:>5.1f} %\n", "other", "", width,
                        other_seconds(), share(other_seconds()));
    text += fmt::format("batches in all, {:.4f} s on {} thread{}\n", seconds, threads,
                        threads == 1 ? "" : "s");
    return text;
}

}  // namespace saltus
