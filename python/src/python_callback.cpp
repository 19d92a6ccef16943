#include "python_callback.hpp"

#include <utility>

namespace saltus::python {

PythonCallback::PythonCallback(nb::object run)
    : run_(run),
      wants_batch_begins_(nb::cast<bool>(run.attr("wants_batch_begins"))),
      wants_batch_ends_(nb::cast<bool>(run.attr("wants_batch_ends"))),
      batch_interval_(nb::cast<double>(run.attr("batch_interval_s"))),
      may_stop_(nb::cast<bool>(run.attr("may_stop"))) {}

void PythonCallback::tell(const char* event, const Progress& progress) const {
    const nb::gil_scoped_acquire lock;
    nb::object metrics = nb::none();
    if (progress.metrics) {
        nb::dict figures;
        for (const auto& [name, value] : *progress.metrics)
            figures[name.c_str()] = value;
        metrics = std::move(figures);
    }
    run_.get().attr(event)(progress.epoch, progress.batch, progress.num_batches, metrics);
}

void PythonCallback::on_batch_begin(const Progress& progress) {
    if (wants_batch_begins_) tell("on_batch_begin", progress);
}

void PythonCallback::on_batch_end(const Progress& progress) {
    if (!wants_batch_ends_) return;
    const auto now = Clock::now();
    if (now - told_ < batch_interval_ && progress.batch < progress.num_batches) return;
    told_ = now;
    tell("on_batch_end", progress);
}

// The interpreter's lock costs as much as a small batch, and more while other threads want it, so
// that it is not taken for every batch just to look for Ctrl-C.
bool PythonCallback::wants_to_stop() {
    constexpr std::chrono::milliseconds kBetweenLooks(20);
    const auto now = Clock::now();
    if (!may_stop_ && now - looked_ < kBetweenLooks) return interruption_.has_value();
    looked_ = now;
    const nb::gil_scoped_acquire lock;
    if (!interruption_ && PyErr_CheckSignals() != 0) interruption_.emplace();
    return interruption_ || (may_stop_ && nb::cast<bool>(run_.get().attr("wants_to_stop")()));
}

void PythonCallback::rethrow() {
    if (interruption_) throw nb::python_error(std::move(*interruption_));
}

}  // namespace saltus::python
