#pragma once

#include <nanobind/nanobind.h>

namespace saltus::python {

namespace nb = nanobind;

// Each adds what one part of the engine offers to the extension module. The module is private: the
// Python classes of the package check arguments and carry the documentation.
void bind_errors(nb::module_& module);
void bind_initializers(nb::module_& module);
void bind_connectivity(nb::module_& module);
void bind_models(nb::module_& module);
void bind_biophysical_neurons(nb::module_& module);
void bind_network(nb::module_& module);
void bind_data(nb::module_& module);
void bind_datasets(nb::module_& module);
void bind_callbacks(nb::module_& module);
void bind_stream(nb::module_& module);
void bind_compiled_network(nb::module_& module);
void bind_compilers(nb::module_& module);
void bind_optimisers(nb::module_& module);
void bind_saving(nb::module_& module);

}  // namespace saltus::python
