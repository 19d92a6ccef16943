#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <saltus/runtime/compiled_network.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

/// Lists of neurons, one an example, or an array of values.
StepInput to_step_input(nb::handle given) {
    if (!nb::isinstance<nb::list>(given)) return to_array(given);
    std::vector<std::vector<std::uint32_t>> examples;
    for (const nb::handle neurons : nb::cast<nb::list>(given))
        examples.push_back(to_vector<std::uint32_t>(neurons));
    return examples;
}

void step(Stream& stream, const nb::dict& inputs) {
    std::map<std::string, StepInput> given;
    for (const auto& [name, input] : inputs)
        given[nb::cast<std::string>(name)] = to_step_input(input);
    without_lock([&] { stream.step(given); });
}

}  // namespace

void bind_stream(nb::module_& module) {
    nb::class_<Stream>(module, "Stream")
        .def("step", &step)
        .def("spikes",
             [](const Stream& stream, const std::string& population, std::size_t example) {
                 return to_numpy(stream.spikes(population, example));
             })
        .def("state",
             [](const Stream& stream, const std::string& population, const std::string& name) {
                 return to_numpy(stream.state(population, name));
             })
        .def("readout",
             [](const Stream& stream, const std::string& population) {
                 return to_numpy(stream.readout(population));
             })
        .def("num_steps", &Stream::num_steps)
        .def("time", &Stream::time)
        .def("num_examples", &Stream::num_examples)
        .def("take_weights",
             [](Stream& stream, const CompiledNetwork& network) {
                 without_lock([&] { stream.take_weights(network); });
             })
        .def("reset", &Stream::reset)
        .def("reset_time", &Stream::reset_time);
}

}  // namespace saltus::python
