#include <saltus/connectivity/dense.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/population.hpp>

namespace saltus {
namespace {

// Beyond this a ring of spikes in flight is a mistake rather than a model.
constexpr double kMaxDelay = 1 << 20;

void require_fit(const Population& population, std::size_t extent, const std::string& role,
                 const Array& weights, const std::string& where) {
    if (!population.has_shape() || population.size() == extent) return;
    throw ModelError(where,
                     fmt::format("weights of shape {} do not fit its {} '{}' of shape {}",
                                 to_string(weights.shape), role, population.name(),
                                 to_string(population.shape())),
                     "give weights of shape (source size, target size)")
        .with("population", population.name())
        .with("shape", to_string(population.shape()))
        .with("weight_shape", to_string(weights.shape));
}

}  // namespace

Dense::Dense(InitValue weight_value, InitValue delay_value)
    : Connectivity(std::move(weight_value), std::move(delay_value)) {
    weight.require_finite("Dense", "weight");
    if (!delay.is_constant()) {
        throw ModelError("Dense", "delay is " + delay.describe(),
                         "give one number of timesteps for all synapses");
    }
    const double steps = delay.constant();
    if (!std::isfinite(steps) || steps < 0.0 || steps != std::floor(steps) || steps > kMaxDelay) {
        throw ModelError("Dense", fmt::format("delay is {:g} timesteps", steps),
                         "give a whole number between 0 and 1048576")
            .with("parameter", "delay");
    }
}

void Dense::connect(Population& source, Population& target) const {
    if (!weight.is_array()) return;
    const Array& weights = weight.array();
    const std::string where = "Connection " + source.name() + "->" + target.name();
    if (weights.shape.rank() != 2) {
        throw ModelError(where,
                         fmt::format("weights of shape {} have {} axes", to_string(weights.shape),
                                     weights.shape.rank()),
                         "give weights of shape (source size, target size)")
            .with("weight_shape", to_string(weights.shape));
    }
    // Both are checked before either gets a shape, so that an error changes nothing.
    require_fit(source, weights.shape[0], "source", weights, where);
    require_fit(target, weights.shape[1], "target", weights, where);
    if (!source.has_shape()) source.set_shape(Shape{weights.shape[0]});
    if (!target.has_shape()) target.set_shape(Shape{weights.shape[1]});
}

}  // namespace saltus
