#pragma once

#include <chrono>
#include <optional>

#include <saltus/runtime/callback.hpp>

#include "python_object.hpp"

namespace saltus::python {

/// Passes the events of a run to a Python object, and Ctrl-C to the run.
///
/// The object has on_run_begin, on_epoch_begin, ... with (epoch, batch, num_batches, metrics or
/// None), wants_to_stop(), and attributes that tell which of them are needed (see Run). Between
/// batches signals are looked for; one that raises (KeyboardInterrupt) ends the run after the batch
/// and is kept for rethrow().
class PythonCallback : public Callback {
  public:
    explicit PythonCallback(nb::object run);

    void on_run_begin(const Progress& progress) override { tell("on_run_begin", progress); }
    void on_epoch_begin(const Progress& progress) override { tell("on_epoch_begin", progress); }
    void on_batch_begin(const Progress& progress) override;
    void on_batch_end(const Progress& progress) override;
    void on_epoch_end(const Progress& progress) override { tell("on_epoch_end", progress); }
    void on_run_end(const Progress& progress) override { tell("on_run_end", progress); }
    bool wants_to_stop() override;

    /// Throws what a signal's handler raised, if one did. With the lock held.
    void rethrow();

  private:
    void tell(const char* event, const Progress& progress) const;

    PythonObject run_;
    using Clock = std::chrono::steady_clock;

    bool wants_batch_begins_;
    bool wants_batch_ends_;
    std::chrono::duration<double> batch_interval_;
    bool may_stop_;
    Clock::time_point told_;
    Clock::time_point looked_;
    std::optional<nb::python_error> interruption_;
};

}  // namespace saltus::python
