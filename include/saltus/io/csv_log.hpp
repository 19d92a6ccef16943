#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <saltus/runtime/callback.hpp>

namespace saltus {

/// Writes the figures of every epoch as a line of comma-separated values, below a line with their
/// names: "epoch" (from 1), "seconds" since the run began, then those of Progress::metrics. Each
/// line is on disk when its epoch ends.
class CsvLog : public Callback {
  public:
    explicit CsvLog(std::filesystem::path path) : path_(std::move(path)) {}
    /// Begins the file anew, or, when training goes on (start_epoch above 0), adds to it.
    void on_run_begin(const Progress& progress) override;
    void on_epoch_begin(const Progress& progress) override;
    /// @throws RuntimeFault (field "file") when the file cannot be written.
    void on_epoch_end(const Progress& progress) override;

  private:
    void open(bool add, const Metrics& metrics);

    std::filesystem::path path_;
    std::ofstream file_;
    std::vector<std::string> columns_;
    double start_ = 0.0;
    bool is_first_ = true;
    bool adds_ = false;
};

}  // namespace saltus
