#include "python_callback.hpp"

#include <utility>

namespace saltus::python {

PythonCallback::PythonCallback(nb::object run)
    : run_(run), wants_batches_(nb::cast<bool>(run.attr("wants_batches"))) {}

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
    if (wants_batches_) tell("on_batch_begin", progress);
}

void PythonCallback::on_batch_end(const Progress& progress) {
    if (wants_batches_) tell("on_batch_end", progress);
}

bool PythonCallback::wants_to_stop() {
    const nb::gil_scoped_acquire lock;
    if (!interruption_ && PyErr_CheckSignals() != 0) interruption_.emplace();
    return interruption_ || nb::cast<bool>(run_.get().attr("wants_to_stop")());
}

void PythonCallback::rethrow() {
    if (interruption_) throw nb::python_error(std::move(*interruption_));
}

}  // namespace saltus::python
