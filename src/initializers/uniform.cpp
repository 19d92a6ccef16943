#include <saltus/initializers/uniform.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include <saltus/common/random.hpp>

namespace saltus {

Uniform::Uniform(double min, double max) : min_(min), max_(max) {
    if (!std::isfinite(min) || !std::isfinite(max) || min > max) {
        throw ModelError("Uniform",
                         fmt::format("bounds {} and {} do not describe an interval", min, max),
                         "give finite numbers with min <= max");
    }
}

double Uniform::value(const RandomStream& stream, std::uint64_t element) const {
    return min_ + (max_ - min_) * stream.uniform(element);
}

std::string Uniform::describe() const {
    return fmt::format("uniform(min {:g}, max {:g})", min_, max_);
}

}  // namespace saltus
