#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <saltus/data/idx.hpp>
#include <saltus/io/checkpoint.hpp>
#include <saltus/io/csv_log.hpp>
#include <saltus/io/model_file.hpp>
#include <saltus/io/network_file.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

void save_a_model(const std::string& path, const std::string& name, const std::string& text,
                  const nb::dict& weights, const nb::dict& metrics, const nb::dict& synapses) {
    ModelFile model;
    model.network_name = name;
    model.network_text = text;
    model.weights = to_arrays(weights);
    model.synapses = to_synapses(synapses);
    for (const auto& [figure, value] : metrics)
        model.metrics[nb::cast<std::string>(figure)] = nb::cast<double>(value);
    without_lock([&] { save_model(path, model); });
}

/// (name and text of the network file, weights, metrics, synapses)
nb::tuple load_a_model(const std::string& path) {
    ModelFile model = without_lock([&] { return load_model(path); });
    nb::dict metrics;
    for (const auto& [name, value] : model.metrics)
        metrics[name.c_str()] = value;
    return nb::make_tuple(model.network_name, model.network_text,
                          to_numpy(std::move(model.weights)), metrics,
                          synapses_to_python(std::move(model.synapses)));
}

}  // namespace

void bind_saving(nb::module_& module) {
    module.def("save_model", &save_a_model);
    module.def("load_model", &load_a_model);
    module.def("read_idx", [](const std::string& path) {
        IdxArray array = without_lock([&] { return read_idx(path); });
        const std::vector<std::size_t> shape = array.shape.extents();
        return nb::make_tuple(to_numpy(std::move(array.bytes)), shape);
    });
    module.def("check_network_text", [](const std::string& text, const std::string& name) {
        without_lock([&] { static_cast<void>(parse_network_file(text, name)); });
    });
    module.def("save_checkpoint",
               [](const std::string& path, const CompiledTrainingNetwork& network) {
                   without_lock([&] { save_checkpoint(path, network.training_state()); });
               });
    module.def("load_checkpoint", [](const std::string& path, CompiledTrainingNetwork& network) {
        return without_lock([&] {
            const TrainingState state = load_checkpoint(path);
            network.restore(state);
            return state.next_epoch;
        });
    });
    nb::class_<Checkpoint, Callback>(module, "Checkpoint")
        .def("__init__", [](Checkpoint* self, const std::string& path, std::size_t interval) {
            new (self) Checkpoint(path, interval);
        });
    nb::class_<CsvLog, Callback>(module, "CsvLog")
        .def("__init__", [](CsvLog* self, const std::string& path) { new (self) CsvLog(path); });
}

}  // namespace saltus::python
