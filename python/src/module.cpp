#include "bindings.hpp"

NB_MODULE(_saltus, module) {
    using namespace saltus::python;
    module.doc() = "The engine of Saltus as its Python package sees it. Not to be used directly.";
    module.attr("__version__") = SALTUS_VERSION;
    // Objects that the interpreter still holds at its end are no leak of ours to report.
    nb::set_leak_warnings(false);
    bind_errors(module);
    bind_initializers(module);
    bind_connectivity(module);
    bind_models(module);
    bind_biophysical_neurons(module);
    bind_network(module);
    bind_data(module);
    bind_datasets(module);
    bind_callbacks(module);
    bind_stream(module);
    bind_optimisers(module);
    bind_compiled_network(module);
    bind_compilers(module);
    bind_saving(module);
}
