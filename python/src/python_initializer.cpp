#include "python_initializer.hpp"

#include <cmath>

#include <saltus/common/errors.hpp>

namespace saltus::python {

double PythonInitializer::value(const RandomStream& stream, std::uint64_t element) const {
    double value = 0.0;
    {
        const nb::gil_scoped_acquire lock;
        // A copy of the stream, since the object may keep it.
        const nb::object result =
            object_.get().attr("value")(nb::cast(stream, nb::rv_policy::copy), element);
        value = PyFloat_AsDouble(result.ptr());
        if (value == -1.0 && PyErr_Occurred()) throw nb::python_error();
    }
    if (std::isfinite(value)) return value;
    throw ModelError(
        "Initializer " + name_,
        "value() gives " + std::to_string(value) + " for element " + std::to_string(element),
        "return a finite number");
}

}  // namespace saltus::python
