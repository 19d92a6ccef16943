#include <saltus/initializers/normal.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include <saltus/common/random.hpp>

namespace saltus {

Normal::Normal(double mean, double sd) : mean_(mean), sd_(sd) {
    if (!std::isfinite(mean) || !std::isfinite(sd) || sd < 0.0) {
        throw ModelError(
            "Normal",
            fmt::format("mean {} and sd {} do not describe a normal distribution", mean, sd),
            "give finite numbers and sd >= 0");
    }
}

double Normal::value(const RandomStream& stream, std::uint64_t element) const {
    return mean_ + sd_ * stream.normal(element);
}

std::string Normal::describe() const {
    return fmt::format("normal(mean {:g}, sd {:g})", mean_, sd_);
}

}  // namespace saltus
