#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <saltus/runtime/callbacks.hpp>
#include <saltus/runtime/conn_var_recorder.hpp>
#include <saltus/runtime/recorders.hpp>
#include <saltus/runtime/rewiring_record.hpp>

#include "bindings.hpp"
#include "conversions.hpp"
#include "python_object.hpp"

namespace saltus::python {
namespace {

RecorderOptions options_of(std::vector<std::size_t> examples, std::vector<std::size_t> neurons) {
    return {.examples = std::move(examples), .neurons = std::move(neurons)};
}

/// (epoch, example, times, neurons) of each example.
nb::list spikes_of(const SpikeRecorder& recorder) {
    nb::list records;
    for (const SpikeRecorder::Record& record : recorder.data()) {
        records.append(nb::make_tuple(record.epoch, record.example, to_numpy(record.times()),
                                      to_numpy(record.spikes().neurons)));
    }
    return records;
}

/// (epoch, example, counts) of each example.
nb::list counts_of(const SpikeRecorder& recorder) {
    nb::list records;
    for (const SpikeRecorder::Record& record : recorder.data())
        records.append(nb::make_tuple(
            record.epoch, record.example,
            to_numpy(std::vector<std::uint32_t>(record.counts.begin(), record.counts.end()))));
    return records;
}

/// (epoch, example, values) of each example.
nb::list values_of(const VarRecorder& recorder) {
    nb::list records;
    for (const VarRecorder::Record& record : recorder.data())
        records.append(nb::make_tuple(record.epoch, record.example, to_numpy(record.values)));
    return records;
}

/// (epoch, example, values) of each example; those of a batch share their array.
nb::list values_of(const ConnVarRecorder& recorder) {
    nb::list records;
    const Array* last = nullptr;
    nb::object array;
    for (const ConnVarRecorder::Record& record : recorder.data()) {
        if (record.values.get() != last) array = to_numpy(*record.values);
        last = record.values.get();
        records.append(nb::make_tuple(record.epoch, record.example, array));
    }
    return records;
}

/// (rewirings, failed) of each batch.
nb::list counts_of_rewirings(const RewiringRecord& record) {
    nb::list counts;
    for (const RewiringCount& count : record.data())
        counts.append(nb::make_tuple(count.rewirings, count.failed));
    return counts;
}

}  // namespace

void bind_callbacks(nb::module_& module) {
    nb::class_<Callback>(module, "Callback");
    nb::class_<SpikeRecorder, Callback>(module, "SpikeRecorder")
        .def("__init__",
             [](SpikeRecorder* self, const std::string& population,
                std::vector<std::size_t> examples, std::vector<std::size_t> neurons, bool counts) {
                 new (self) SpikeRecorder(
                     population, options_of(std::move(examples), std::move(neurons)), counts);
             })
        .def("spikes", &spikes_of)
        .def("counts", &counts_of);
    nb::class_<ConnVarRecorder, Callback>(module, "ConnVarRecorder")
        .def("__init__",
             [](ConnVarRecorder* self, const std::string& connection, const std::string& variable,
                std::vector<std::size_t> examples, std::vector<std::size_t> sources,
                std::vector<std::size_t> targets) {
                 new (self) ConnVarRecorder(connection, variable,
                                            {.examples = std::move(examples),
                                             .source_neurons = std::move(sources),
                                             .target_neurons = std::move(targets)});
             })
        .def("values", [](const ConnVarRecorder& recorder) { return values_of(recorder); });
    nb::class_<RewiringRecord, Callback>(module, "RewiringRecord")
        .def("__init__",
             [](RewiringRecord* self, const std::string& connection) {
                 new (self) RewiringRecord(connection);
             })
        .def("counts", &counts_of_rewirings);
    nb::class_<VarRecorder, Callback>(module, "VarRecorder")
        .def("__init__",
             [](VarRecorder* self, const std::string& population, const std::string& state,
                std::vector<std::size_t> examples, std::vector<std::size_t> neurons) {
                 new (self) VarRecorder(population, state,
                                        options_of(std::move(examples), std::move(neurons)));
             })
        .def("values", [](const VarRecorder& recorder) { return values_of(recorder); });
    nb::class_<EarlyStopping, Callback>(module, "EarlyStopping")
        .def("__init__",
             [](EarlyStopping* self, const std::string& figure, std::size_t patience,
                double min_delta, bool restore_best) {
                 new (self) EarlyStopping({.figure = figure,
                                           .patience = patience,
                                           .min_delta = min_delta,
                                           .restore_best = restore_best});
             })
        .def_prop_ro("best", &EarlyStopping::best)
        .def_prop_ro("best_epoch", &EarlyStopping::best_epoch);
    nb::class_<RestoreBest, Callback>(module, "RestoreBest")
        .def("__init__",
             [](RestoreBest* self, const std::string& figure, double min_delta) {
                 new (self) RestoreBest({.figure = figure, .min_delta = min_delta});
             })
        .def_prop_ro("best", &RestoreBest::best)
        .def_prop_ro("best_epoch", &RestoreBest::best_epoch)
        .def("best_state", [](const RestoreBest& callback) -> nb::object {
            if (!callback.best_state()) return nb::none();
            return to_python(*callback.best_state());
        });
    nb::class_<OptimiserParamSchedule, Callback>(module, "OptimiserParamSchedule")
        .def("__init__", [](OptimiserParamSchedule* self, const std::string& parameter,
                            const nb::object& function) {
            new (self) OptimiserParamSchedule(
                parameter, [function = PythonObject(function)](std::size_t epoch, double present) {
                    const nb::gil_scoped_acquire lock;
                    return nb::cast<double>(function.get()(epoch, present));
                });
        });
}

}  // namespace saltus::python
