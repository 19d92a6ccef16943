#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <saltus/initializers/binomial.hpp>
#include <saltus/initializers/constant.hpp>
#include <saltus/initializers/exponential_values.hpp>
#include <saltus/initializers/gamma.hpp>
#include <saltus/initializers/identity.hpp>
#include <saltus/initializers/kernel.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/normal_clipped.hpp>
#include <saltus/initializers/orthogonal.hpp>
#include <saltus/initializers/sparse_values.hpp>
#include <saltus/initializers/uniform.hpp>
#include <saltus/initializers/variance_scaling.hpp>

#include "bindings.hpp"
#include "conversions.hpp"
#include "python_initializer.hpp"

namespace saltus::python {
namespace {

using Made = std::shared_ptr<Initializer>;

/// A function `name` that makes a T from arguments of these types.
template <typename T, typename... Arguments>
void def_maker(nb::module_& module, const char* name) {
    module.def(name,
               [](Arguments... arguments) -> Made { return std::make_shared<T>(arguments...); });
}

void bind_random_stream(nb::module_& module) {
    nb::class_<RandomStream>(
        module, "RandomStream",
        "Random numbers that are functions of the numbers of an element and of a draw.")
        .def("uniform", &RandomStream::uniform, nb::arg("element"), nb::arg("draw") = 0,
             "Number `draw` of the element, uniform in (0, 1].")
        .def("normal", &RandomStream::normal, nb::arg("element"), nb::arg("draw") = 0,
             "Number `draw` of the element, standard normal.");
}

}  // namespace

void bind_initializers(nb::module_& module) {
    bind_random_stream(module);
    nb::class_<TrainableValue>(module, "TrainableValue");
    module.def(
        "trainable",
        [](nb::handle value, std::optional<double> lower, std::optional<double> upper,
           bool per_neuron) {
            TrainableRange range{.per_neuron = per_neuron};
            if (lower) range.lower = *lower;
            if (upper) range.upper = *upper;
            return TrainableValue{trainable(to_init_value(value), range)};
        },
        nb::arg("value"), nb::arg("lower").none(), nb::arg("upper").none(), nb::arg("per_neuron"));
    nb::class_<Initializer>(module, "Initializer").def("describe", &Initializer::describe);
    def_maker<Constant, double>(module, "constant");
    def_maker<Normal, double, double>(module, "normal");
    def_maker<Uniform, double, double>(module, "uniform");
    def_maker<NormalClipped, double, double, double, double>(module, "normal_clipped");
    def_maker<ExponentialValues, double>(module, "exponential_values");
    def_maker<Gamma, double, double>(module, "gamma");
    def_maker<Binomial, std::uint64_t, double>(module, "binomial");
    def_maker<Identity, double>(module, "identity");
    def_maker<Orthogonal, double>(module, "orthogonal");
    def_maker<GlorotNormal>(module, "glorot_normal");
    def_maker<GlorotUniform>(module, "glorot_uniform");
    def_maker<HeNormal>(module, "he_normal");
    def_maker<HeUniform>(module, "he_uniform");
    def_maker<SparseValues, double, Made>(module, "sparse_values");
    module.def("kernel", [](nb::handle values) -> Made {
        return std::make_shared<Kernel>(to_array(values));
    });
    module.def("python_initializer",
               [](nb::object object, std::string name, std::string description) -> Made {
                   return std::make_shared<PythonInitializer>(std::move(object), std::move(name),
                                                              std::move(description));
               });
}

}  // namespace saltus::python
