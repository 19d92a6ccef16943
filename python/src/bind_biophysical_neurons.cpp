// Neurons with many parameters, which come by name.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <saltus/neurons/adaptive_exponential.hpp>
#include <saltus/neurons/izhikevich.hpp>
#include <saltus/neurons/resonate_fire.hpp>
#include <saltus/readouts/readouts.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

using GivenReadout = std::optional<std::string>;

/// The options of a neuron from the arguments that were given.
template <typename Options>
Options options_of(const nb::dict& given, const GivenReadout& readout) {
    Options options;
    for_each_argument(options, [&](const char* name, std::optional<InitValue>& argument) {
        if (given.contains(name)) argument = to_init_value(given[name]);
    });
    if (readout) options.readout = readout_by_name(*readout);
    return options;
}

template <typename Model, typename Options>
std::unique_ptr<Neuron> with_solver(const nb::dict& given, const std::string& solver,
                                    std::size_t sub_steps, const GivenReadout& readout) {
    auto options = options_of<Options>(given, readout);
    options.solver = solver_by_name(solver);
    options.sub_steps = sub_steps;
    return std::make_unique<Model>(options);
}

std::unique_ptr<Neuron> resonate_fire(const nb::dict& given, const GivenReadout& readout) {
    return std::make_unique<ResonateFire>(options_of<ResonateFireOptions>(given, readout));
}

}  // namespace

void bind_biophysical_neurons(nb::module_& module) {
    module.def("adaptive_exponential",
               &with_solver<AdaptiveExponential, AdaptiveExponentialOptions>, nb::arg("arguments"),
               nb::arg("solver"), nb::arg("sub_steps"), nb::arg("readout").none());
    module.def("izhikevich", &with_solver<Izhikevich, IzhikevichOptions>, nb::arg("arguments"),
               nb::arg("solver"), nb::arg("sub_steps"), nb::arg("readout").none());
    module.def("resonate_fire", &resonate_fire, nb::arg("arguments"), nb::arg("readout").none());
}

}  // namespace saltus::python
