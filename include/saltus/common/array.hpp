#pragma once

#include <vector>

#include <saltus/common/shape.hpp>

namespace saltus {

/// A dense row-major array of float64 numbers: weights, delays, parameters and results as the user
/// sees them. Backends convert to their own type and layout.
struct Array {
    Shape shape;
    std::vector<double> values;

    Array() = default;
    /// Zeros of the given shape.
    explicit Array(Shape extents) : shape(std::move(extents)), values(shape.size(), 0.0) {}
    /// @throws ModelError when the number of values is not the size of the shape.
    Array(Shape extents, std::vector<double> contents);
    /// A one-dimensional array.
    static Array vector(std::vector<double> contents);

    std::size_t size() const { return values.size(); }
};

/// @throws ModelError naming `where` when the array holds a NaN or an infinity.
void require_finite(const Array& array, const std::string& where, const std::string& what);

}  // namespace saltus
