#include <saltus/data/split.hpp>

#include <cmath>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {

std::size_t split_point(std::size_t num_examples, double validation_fraction) {
    // The comparison is false for NaN.
    if (!(validation_fraction >= 0.0 && validation_fraction <= 1.0)) {
        throw ModelError("split_point",
                         fmt::format("the validation fraction is {}", validation_fraction),
                         "give a number between 0 (no validation) and 1 (nothing to train on)")
            .with("parameter", "validation_fraction")
            .with("value", fmt::format("{}", validation_fraction));
    }
    return static_cast<std::size_t>(
        std::nearbyint((1.0 - validation_fraction) * static_cast<double>(num_examples)));
}

}  // namespace saltus
