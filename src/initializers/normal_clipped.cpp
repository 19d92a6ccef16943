#include <saltus/initializers/normal_clipped.hpp>

#include <cmath>
#include <numbers>

#include "initializers/arguments.hpp"

namespace saltus {
namespace {

// Below this, drawing again and again would take too long.
constexpr double kLeastInside = 1e-4;

/// The part of all normally distributed values that lies within bounds.
double part_inside(double mean, double sd, double min, double max) {
    if (sd == 0.0) return mean >= min && mean <= max ? 1.0 : 0.0;
    const double scale = 1.0 / (sd * std::numbers::sqrt2);
    return 0.5 * (std::erfc((min - mean) * scale) - std::erfc((max - mean) * scale));
}

}  // namespace

NormalClipped::NormalClipped(double mean, double sd, double min, double max)
    : mean_(mean), sd_(sd), min_(min), max_(max) {
    require_finite_arguments("NormalClipped",
                             {{"mean", mean}, {"sd", sd}, {"min", min}, {"max", max}});
    if (sd < 0.0) {
        throw ModelError("NormalClipped", fmt::format("sd is {:g}", sd), "give sd >= 0")
            .with("parameter", "sd");
    }
    const double inside = part_inside(mean, sd, min, max);
    if (inside >= kLeastInside) return;
    throw ModelError("NormalClipped",
                     fmt::format("{:.2g} of the values of mean {:g} and sd {:g} lie between {:g} "
                                 "and {:g}",
                                 std::fmax(inside, 0.0), mean, sd, min, max),
                     "give bounds that hold at least one in 10000");
}

double NormalClipped::value(const RandomStream& stream, std::uint64_t element) const {
    for (std::uint64_t draw = 0;; ++draw) {
        const double drawn = mean_ + sd_ * stream.normal(element, draw);
        if (drawn >= min_ && drawn <= max_) return drawn;
    }
}

std::string NormalClipped::describe() const {
    return fmt::format("normal_clipped(mean {:g}, sd {:g}, min {:g}, max {:g})", mean_, sd_, min_,
                       max_);
}

}  // namespace saltus
