#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <saltus/network/network.hpp>

#include "bindings.hpp"
#include "conversions.hpp"

namespace saltus::python {
namespace {

using Extents = std::vector<std::size_t>;

/// The shape as a tuple; None as long as there is none.
nb::object shape_of(const Population& population) {
    if (!population.has_shape()) return nb::none();
    return nb::tuple(nb::cast(population.shape().extents()));
}

Population& add_population(Network& network, const Neuron& neuron,
                           const std::optional<Extents>& shape, const std::string& name) {
    std::optional<Shape> extents;
    if (shape) extents = to_shape(*shape);
    return network.population(neuron, std::move(extents), name);
}

std::string connect(Network& network, Population& source, Population& target,
                    const Connectivity& connectivity, const Synapse& synapse,
                    const std::string& name, std::optional<std::size_t> max_delay_steps) {
    return network.connect(source, target, connectivity, synapse, name, max_delay_steps).name();
}

}  // namespace

void bind_network(nb::module_& module) {
    // What a connectivity that is written in Python is given, besides its use inside the package.
    nb::class_<Population>(module, "Population")
        .def_prop_ro("name", &Population::name)
        .def_prop_rw(
            "shape", &shape_of,
            [](Population& population, const Extents& shape) {
                population.set_shape(to_shape(shape));
            },
            "Numbers of neurons along each axis; None as long as it is not known.")
        .def_prop_ro("size", &Population::size, "Number of neurons.");
    nb::class_<Network>(module, "Network")
        .def(nb::init<>())
        .def("population", &add_population, nb::rv_policy::reference_internal, nb::arg("neuron"),
             nb::arg("shape").none(), nb::arg("name"))
        .def("connect", &connect, nb::arg("source"), nb::arg("target"), nb::arg("connectivity"),
             nb::arg("synapse"), nb::arg("name"), nb::arg("max_delay_steps").none())
        .def("validate", &Network::validate);
}

}  // namespace saltus::python
