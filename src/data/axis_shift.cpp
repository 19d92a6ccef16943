#include "data/axis_shift.hpp"

#include <limits>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

/// How many neurons lie between neighbours along each axis.
std::vector<std::size_t> strides_of(const Shape& shape) {
    std::vector<std::size_t> strides(shape.rank(), 1);
    for (std::size_t axis = shape.rank() - 1; axis > 0; --axis)
        strides[axis - 1] = strides[axis] * shape[axis];
    return strides;
}

}  // namespace

void shift_along_axes(std::vector<Spike>& spikes, const Shape& shape,
                      std::span<const std::int64_t> shift) {
    const std::vector<std::size_t> strides = strides_of(shape);
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < shift.size(); ++axis)
        offset += shift[axis] * static_cast<std::int64_t>(strides[axis]);
    const auto leaves = [&](const Spike& spike) {
        for (std::size_t axis = 0; axis < shift.size(); ++axis) {
            const auto place =
                static_cast<std::int64_t>(spike.neuron / strides[axis] % shape[axis]);
            const std::int64_t moved = place + shift[axis];
            if (moved < 0 || moved >= static_cast<std::int64_t>(shape[axis])) return true;
        }
        return false;
    };
    std::erase_if(spikes, leaves);
    for (Spike& spike : spikes)
        spike.neuron = static_cast<std::uint32_t>(spike.neuron + offset);
}

std::vector<double> mean_place(std::span<const Spike> spikes, const Shape& shape,
                               std::size_t num_axes) {
    const std::vector<std::size_t> strides = strides_of(shape);
    std::vector<double> mean(num_axes, 0.0);
    for (const Spike& spike : spikes) {
        for (std::size_t axis = 0; axis < num_axes; ++axis)
            mean[axis] += static_cast<double>(spike.neuron / strides[axis] % shape[axis]);
    }
    for (double& place : mean)
        place /= static_cast<double>(spikes.size());
    return mean;
}

void require_shape_fits(const Shape& shape, std::size_t num_neurons, const char* where) {
    if (shape.size() == num_neurons) return;
    throw ModelError(where,
                     fmt::format("its shape {} has {} neurons, but the spikes are of {}",
                                 to_string(shape), shape.size(), num_neurons),
                     "give the shape of the population that the spikes are for")
        .with("parameter", "shape")
        .with("shape", to_string(shape));
}

void require_population_shape(const Shape& shape, const char* where) {
    if (!shape.empty() && shape.size() > 0 &&
        shape.size() <= std::numeric_limits<std::uint32_t>::max())
        return;
    throw ModelError(where,
                     fmt::format("its shape is {}, which is not one of neurons", to_string(shape)),
                     "give the shape of the population, for example (700)")
        .with("parameter", "shape")
        .with("shape", to_string(shape));
}

}  // namespace saltus
