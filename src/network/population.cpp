#include <saltus/network/population.hpp>

#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

Population::Population(std::string name, std::size_t index, std::unique_ptr<Neuron> neuron)
    : name_(std::move(name)), index_(index), neuron_(std::move(neuron)) {}

const Shape& Population::shape() const {
    if (!shape_) {
        throw ModelError("Population " + name_, "has no shape and no connection tells it",
                         "give it a shape, for example {128}")
            .with("population", name_);
    }
    return *shape_;
}

void Population::set_shape(Shape shape) {
    if (shape.empty() || shape.size() == 0) {
        throw ModelError("Population " + name_,
                         fmt::format("its shape {} holds no neuron", to_string(shape)),
                         "give it a shape of positive extents, for example {128}")
            .with("population", name_)
            .with("shape", to_string(shape));
    }
    // Neuron numbers are 32 bits wide in every spike list.
    if (shape.size() > std::numeric_limits<std::int32_t>::max()) {
        throw ModelError(
            "Population " + name_,
            fmt::format("its shape {} holds {} neurons", to_string(shape), shape.size()),
            "use at most 2147483647 neurons in a population")
            .with("population", name_)
            .with("shape", to_string(shape));
    }
    shape_ = std::move(shape);
}

}  // namespace saltus
