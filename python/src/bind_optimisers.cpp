#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <saltus/common/log.hpp>
#include <saltus/optimisers/optimiser.hpp>
#include <saltus/optimisers/schedules.hpp>

#include "bindings.hpp"
#include "conversions.hpp"
#include "optimisers.hpp"

namespace saltus::python {
namespace {

/// Passes the engine's messages on to Python's logging.
void log_to_python(LogLevel level, const std::string& message) {
    if (!nb::is_alive()) return;
    const nb::gil_scoped_acquire lock;
    const char* method = "warning";
    if (level == LogLevel::kInfo) method = "info";
    if (level == LogLevel::kDebug) method = "debug";
    try {
        const nb::object logging = nb::module_::import_("logging");
        logging.attr("getLogger")("saltus").attr(method)("%s", message);
    } catch (nb::python_error& error) {
        // Whoever logs has no use for what the user's handler throws.
        error.discard_as_unraisable("saltus log handler");
    }
}

}  // namespace

Optimiser make_optimiser(const std::string& name, const std::map<std::string, double>& settings) {
    Optimiser optimiser = optimiser_by_name(name);
    for (const auto& [setting, value] : settings)
        set_setting(optimiser, setting, value);
    check(optimiser);
    return optimiser;
}

void bind_optimisers(nb::module_& module) {
    set_log_handler(log_to_python);
    nb::class_<PythonOptimiser>(module, "Optimiser")
        .def("__init__", [](PythonOptimiser* self, const std::string& name,
                            const std::map<std::string, double>& settings) {
            new (self) PythonOptimiser{make_optimiser(name, settings)};
        });
    nb::class_<Schedule>(module, "Schedule")
        .def("factor", [](const Schedule& schedule, std::size_t epoch, std::size_t num_epochs,
                          std::size_t batch, std::size_t num_batches, const EpochHistory& history) {
            return schedule({.epoch = epoch,
                             .num_epochs = std::max<std::size_t>(1, num_epochs),
                             .batch = batch,
                             .num_batches = std::max<std::size_t>(1, num_batches),
                             .history = &history});
        });
    module.def("step_schedule", [](std::size_t epochs, double factor) {
        return Schedule(StepSchedule(epochs, factor));
    });
    module.def("exponential_schedule",
               [](double factor) { return Schedule(ExponentialSchedule(factor)); });
    module.def("cosine_schedule", [](double last) { return Schedule(CosineSchedule(last)); });
    module.def(
        "warm_up",
        [](std::size_t epochs, const Schedule* then, double first) {
            return Schedule(WarmUp(epochs, then == nullptr ? Schedule() : *then, first));
        },
        nb::arg("epochs"), nb::arg("then").none(), nb::arg("first"));
    module.def("plateau", [](const std::string& figure, double factor, std::size_t patience,
                             double min_delta, double lowest) {
        return Schedule(Plateau({.figure = figure,
                                 .factor = factor,
                                 .patience = patience,
                                 .min_delta = min_delta,
                                 .lowest = lowest}));
    });
}

}  // namespace saltus::python
