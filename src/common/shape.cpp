#include <saltus/common/shape.hpp>

#include <limits>

#include <saltus/common/errors.hpp>

namespace saltus {

std::size_t Shape::size() const {
    std::size_t product = 1;
    for (const std::size_t extent : extents_) {
        if (extent != 0 && product > std::numeric_limits<std::size_t>::max() / extent) {
            throw ModelError(
                "Shape",
                "the product of the extents of " + to_string(*this) + " does not fit into 64 bits",
                "use a smaller shape")
                .with("shape", to_string(*this));
        }
        product *= extent;
    }
    return product;
}

std::string to_string(const Shape& shape) {
    std::string text = "(";
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
        if (axis != 0) text += ", ";
        text += std::to_string(shape[axis]);
    }
    if (shape.rank() == 1) text += ",";
    return text + ")";
}

}  // namespace saltus
