#include <saltus/common/array.hpp>

#include <cmath>
#include <string>
#include <utility>

#include <saltus/common/errors.hpp>

namespace saltus {

Array::Array(Shape extents, std::vector<double> contents)
    : shape(std::move(extents)), values(std::move(contents)) {
    if (shape.size() != values.size()) {
        throw ModelError(
            "Array",
            std::to_string(values.size()) + " values do not fill the shape " + to_string(shape),
            "give " + std::to_string(shape.size()) + " values or another shape")
            .with("shape", to_string(shape));
    }
}

Array Array::vector(std::vector<double> contents) {
    Shape shape{contents.size()};
    return {std::move(shape), std::move(contents)};
}

void require_finite(const Array& array, const std::string& where, const std::string& what) {
    for (std::size_t index = 0; index < array.values.size(); ++index) {
        if (std::isfinite(array.values[index])) continue;
        throw ModelError(where,
                         what + " holds " + std::to_string(array.values[index]) + " at element " +
                             std::to_string(index),
                         "give finite numbers only")
            .with("element", std::to_string(index));
    }
}

}  // namespace saltus
