#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <saltus/common/array.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/network/matrix_type.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/runtime/inputs.hpp>
#include <saltus/runtime/training.hpp>

namespace saltus::python {

namespace nb = nanobind;

/// A NumPy array of float64 as it lies in memory; read-only ones are fine.
using DoubleArray = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;

/// A copy of a NumPy array, which is converted to float64 when it is of another type.
Array to_array(nb::handle values);
Shape to_shape(const std::vector<std::size_t>& extents);
/// A constant from a number, an array from a NumPy array, or an engine's initializer.
InitValue to_init_value(nb::handle value);

/// A value that is marked as trainable, for Python to hold.
struct TrainableValue {
    InitValue value;
};
std::vector<MatrixType> to_matrix_types(const std::vector<std::string>& names);
/// The numbers of a NumPy array of float64, float32 or uint8, where they are; the view keeps the
/// array alive.
std::shared_ptr<const NumberView> to_view(nb::handle values);
/// Data by population: SpikeTrains, GridSpikes or an array of values (see to_view), as engine
/// objects.
Inputs to_inputs(const nb::dict& inputs);
/// Targets by population: labels from arrays of int32, values from others (see to_view).
Labels to_labels(const nb::dict& labels);

/// A copy of a one-dimensional NumPy array of numbers of that type.
template <typename Number>
std::vector<Number> to_vector(nb::handle numbers) {
    using View = nb::ndarray<const Number, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
    const auto view = nb::cast<View>(numbers);
    return {view.data(), view.data() + view.size()};
}

/// A NumPy array that takes over the numbers without copying them.
template <typename Number>
nb::object to_numpy(std::vector<Number> numbers, const std::vector<std::size_t>& shape) {
    auto* kept = new std::vector<Number>(std::move(numbers));
    const nb::capsule owner(
        kept, [](void* pointer) noexcept { delete static_cast<std::vector<Number>*>(pointer); });
    // An empty vector may have no address, but NumPy wants one.
    if (kept->capacity() == 0) kept->reserve(1);
    return nb::cast(nb::ndarray<nb::numpy, Number>(kept->data(), shape.size(), shape.data(), owner),
                    nb::rv_policy::automatic);
}

nb::object to_numpy(Array array);
/// One-dimensional.
template <typename Number>
nb::object to_numpy(std::vector<Number> numbers) {
    const std::size_t count = numbers.size();
    return to_numpy(std::move(numbers), std::vector<std::size_t>{count});
}
nb::dict to_numpy(std::map<std::string, Array> arrays);
/// Copies of NumPy arrays by name.
std::map<std::string, Array> to_arrays(const nb::dict& arrays);

/// Synapses by connection, each a pair of arrays of uint32 of source and target neurons.
inline nb::dict synapses_to_python(std::map<std::string, SynapsePairs> synapses) {
    nb::dict pairs;
    for (auto& [name, each] : synapses)
        pairs[name.c_str()] =
            nb::make_tuple(to_numpy(std::move(each.pre)), to_numpy(std::move(each.post)));
    return pairs;
}
inline std::map<std::string, SynapsePairs> to_synapses(const nb::dict& pairs) {
    std::map<std::string, SynapsePairs> synapses;
    for (const auto& [name, each] : pairs) {
        const auto [pre, post] = nb::cast<std::pair<nb::object, nb::object>>(each);
        synapses[nb::cast<std::string>(name)] = {to_vector<std::uint32_t>(pre),
                                                 to_vector<std::uint32_t>(post)};
    }
    return synapses;
}

/// Runs the engine without the interpreter's lock, so that other Python threads go on meanwhile and
/// the engine's own threads may take it for functions of the user.
template <typename Work>
auto without_lock(Work work) {
    const nb::gil_scoped_release released;
    return work();
}

/// Parts of a state by name.
nb::dict to_python(TrainingState state);

}  // namespace saltus::python
