#include <saltus/io/csv_log.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

double seconds_now() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

/// A name as a field of a line: in quotes where a comma or a quote stands in it.
std::string field(const std::string& name) {
    if (name.find_first_of(",\"\n\r") == std::string::npos) return name;
    std::string quoted = "\"";
    for (const char character : name)
        quoted += character == '"' ? "\"\"" : std::string(1, character);
    return quoted + "\"";
}

}  // namespace

void CsvLog::on_run_begin(const Progress& /*progress*/) {
    start_ = seconds_now();
    file_.close();
    is_first_ = true;
}

void CsvLog::on_epoch_begin(const Progress& progress) {
    if (is_first_) adds_ = progress.epoch > 0;
    is_first_ = false;
}

void CsvLog::open(bool add, const Metrics& metrics) {
    errno = 0;
    file_.open(path_, add ? std::ios::app : std::ios::trunc);
    if (!file_) return;
    columns_.clear();
    for (const auto& [name, value] : metrics)
        columns_.push_back(name);
    // Where another run has begun the file, its names are already there.
    if (add && file_.tellp() > 0) return;
    file_ << "epoch,seconds";
    for (const std::string& name : columns_)
        file_ << ',' << field(name);
    file_ << '\n';
}

void CsvLog::on_epoch_end(const Progress& progress) {
    if (!file_.is_open()) open(adds_, *progress.metrics);
    file_ << progress.epoch + 1 << ',' << fmt::format("{:.3f}", seconds_now() - start_);
    for (const std::string& name : columns_) {
        const auto found = progress.metrics->find(name);
        file_ << ',';
        if (found != progress.metrics->end()) file_ << fmt::format("{}", found->second);
    }
    file_ << '\n' << std::flush;
    if (file_) return;
    throw RuntimeFault(path_.string(),
                       fmt::format("the log cannot be written: {}", std::strerror(errno)),
                       "check the folder, its permissions and the free space")
        .with("file", path_.string());
}

}  // namespace saltus
