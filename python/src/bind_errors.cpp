#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <saltus/common/errors.hpp>

#include "bindings.hpp"

namespace saltus::python {
namespace {

/// Sets the Python error that saltus.errors makes of an engine's error.
void set_error(const char* kind, const Error& error) {
    try {
        const nb::object made = nb::module_::import_("saltus.errors")
                                    .attr("from_engine")(kind, error.where(), error.problem(),
                                                         error.advice(), error.fields());
        PyErr_SetObject(made.type().ptr(), made.ptr());
    } catch (nb::python_error& failure) {
        failure.restore();
    }
}

void translate(const std::exception_ptr& thrown, void* /*payload*/) {
    try {
        std::rethrow_exception(thrown);
    } catch (const ModelError& error) {
        set_error("ModelError", error);
    } catch (const RuntimeFault& error) {
        set_error("RuntimeFault", error);
    } catch (const InternalError& error) {
        set_error("InternalError", error);
    }
}

}  // namespace

void bind_errors(nb::module_& /*module*/) {
    nb::register_exception_translator(translate);
}

}  // namespace saltus::python
