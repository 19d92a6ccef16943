#include "conversions.hpp"

#include "python_object.hpp"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/grid_spikes.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus::python {

Array to_array(nb::handle values) {
    const auto view = nb::cast<DoubleArray>(values);
    std::vector<std::size_t> extents(view.ndim());
    for (std::size_t axis = 0; axis < view.ndim(); ++axis)
        extents[axis] = view.shape(axis);
    return {Shape(std::move(extents)), {view.data(), view.data() + view.size()}};
}

Shape to_shape(const std::vector<std::size_t>& extents) {
    return Shape(extents);
}

InitValue to_init_value(nb::handle value) {
    if (PyFloat_Check(value.ptr()) || PyLong_Check(value.ptr())) return nb::cast<double>(value);
    if (nb::isinstance<Initializer>(value))
        return std::shared_ptr<const Initializer>(nb::cast<std::shared_ptr<Initializer>>(value));
    if (nb::isinstance<TrainableValue>(value)) return nb::cast<TrainableValue&>(value).value;
    return to_array(value);
}

std::vector<MatrixType> to_matrix_types(const std::vector<std::string>& names) {
    std::vector<MatrixType> types;
    for (const std::string& name : names)
        types.push_back(matrix_type_by_name(name));
    return types;
}

std::shared_ptr<const NumberView> to_view(nb::handle values) {
    const auto array = nb::cast<nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>>(values);
    std::vector<std::size_t> extents(array.ndim());
    for (std::size_t axis = 0; axis < array.ndim(); ++axis)
        extents[axis] = array.shape(axis);
    NumberView::Pointer numbers;
    if (array.dtype() == nb::dtype<double>()) {
        numbers = static_cast<const double*>(array.data());
    } else if (array.dtype() == nb::dtype<float>()) {
        numbers = static_cast<const float*>(array.data());
    } else if (array.dtype() == nb::dtype<std::uint8_t>()) {
        numbers = static_cast<const std::uint8_t*>(array.data());
    } else {
        throw nb::type_error("an array of float64, float32 or uint8 is needed");
    }
    return std::make_shared<const NumberView>(
        numbers, Shape(std::move(extents)),
        std::make_shared<PythonObject>(nb::borrow<nb::object>(values)));
}

Inputs to_inputs(const nb::dict& inputs) {
    Inputs data;
    for (const auto& [name, value] : inputs) {
        const auto key = nb::cast<std::string>(name);
        if (nb::isinstance<GridSpikes>(value)) {
            data[key] =
                std::shared_ptr<const GridSpikes>(nb::cast<std::shared_ptr<GridSpikes>>(value));
        } else if (nb::isinstance<SpikeTrains>(value)) {
            data[key] =
                std::shared_ptr<const SpikeTrains>(nb::cast<std::shared_ptr<SpikeTrains>>(value));
        } else {
            data[key] = to_view(value);
        }
    }
    return data;
}

Labels to_labels(const nb::dict& labels) {
    Labels data;
    for (const auto& [name, value] : labels) {
        const auto key = nb::cast<std::string>(name);
        const auto array = nb::cast<nb::ndarray<nb::ro, nb::device::cpu>>(value);
        if (array.dtype() == nb::dtype<std::int32_t>()) {
            data[key] = to_vector<std::int32_t>(value);
        } else {
            data[key] = to_view(value);
        }
    }
    return data;
}

nb::object to_numpy(Array array) {
    const std::vector<std::size_t> extents = array.shape.extents();
    return to_numpy(std::move(array.values), extents);
}

std::map<std::string, Array> to_arrays(const nb::dict& arrays) {
    std::map<std::string, Array> converted;
    for (const auto& [name, array] : arrays)
        converted[nb::cast<std::string>(name)] = to_array(array);
    return converted;
}

nb::dict to_numpy(std::map<std::string, Array> arrays) {
    nb::dict result;
    for (auto& [name, array] : arrays)
        result[name.c_str()] = to_numpy(std::move(array));
    return result;
}

}  // namespace saltus::python
