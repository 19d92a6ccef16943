#include <saltus/initializers/exponential_values.hpp>

#include <cmath>

#include "initializers/arguments.hpp"

namespace saltus {

ExponentialValues::ExponentialValues(double lambda) : lambda_(lambda) {
    require_finite_arguments("ExponentialValues", {{"lambda", lambda}});
}

double ExponentialValues::value(const RandomStream& stream, std::uint64_t element) const {
    return -lambda_ * std::log(stream.uniform(element));
}

std::string ExponentialValues::describe() const {
    return fmt::format("exponential(lambda {:g})", lambda_);
}

}  // namespace saltus
