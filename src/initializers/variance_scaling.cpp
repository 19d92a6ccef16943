#include <saltus/initializers/variance_scaling.hpp>

#include <cmath>

#include <saltus/initializers/normal_clipped.hpp>
#include <saltus/initializers/uniform.hpp>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

// Standard deviation of a standard normal number between -2 and 2.
constexpr double kClippedDeviation = 0.87962566103423978;

}  // namespace

Fans Fans::of(const Shape& shape, const std::string& where) {
    if (shape.empty()) throw_needs_shape(where);
    const std::size_t rank = shape.rank();
    if (rank == 1) return {static_cast<double>(shape[0]), static_cast<double>(shape[0])};
    double kernel = 1.0;
    for (std::size_t axis = 0; axis + 2 < rank; ++axis)
        kernel *= static_cast<double>(shape[axis]);
    return {kernel * static_cast<double>(shape[rank - 2]),
            kernel * static_cast<double>(shape[rank - 1])};
}

double VarianceScaling::value(const RandomStream&, std::uint64_t) const {
    throw_needs_shape(name_);
}

std::shared_ptr<const Initializer> VarianceScaling::bound_to(const Shape& shape) const {
    const Fans fans = Fans::of(shape, name_);
    const double fan = fan_ == Fan::kIn ? fans.in : (fans.in + fans.out) / 2.0;
    const double variance = scale_ / std::fmax(fan, 1.0);
    if (distribution_ == Distribution::kUniform) {
        const double bound = std::sqrt(3.0 * variance);
        return std::make_shared<const Uniform>(-bound, bound);
    }
    const double sd = std::sqrt(variance) / kClippedDeviation;
    return std::make_shared<const NormalClipped>(0.0, sd, -2.0 * sd, 2.0 * sd);
}

}  // namespace saltus
