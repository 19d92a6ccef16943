#pragma once

#include <memory>

#include <saltus/common/array.hpp>
#include <saltus/runtime/inputs.hpp>

#include "support/numbers.hpp"

namespace saltus::test {

/// Values as data of the population "input".
inline Inputs value_inputs(Array values) {
    return {{"input", std::make_shared<const Array>(std::move(values))}};
}

/// Frames of values that are -1, 0 or 1, each non-zero one with a probability of a half of
/// `density`: [examples, frames, neurons].
inline Array random_signs(std::uint64_t seed, std::size_t examples, std::size_t frames,
                          std::size_t neurons, double density) {
    Numbers numbers(seed);
    Array values(Shape{examples, frames, neurons});
    for (double& value : values.values) {
        const double drawn = numbers.uniform();
        value = drawn < density / 2 ? -1.0 : drawn < density ? 1.0 : 0.0;
    }
    return values;
}

/// The values above zero of another array times a sign; 0 in place of the rest.
inline Array part_of(const Array& array, double sign) {
    Array part = array;
    for (double& value : part.values)
        value = sign * value > 0.0 ? sign * value : 0.0;
    return part;
}

}  // namespace saltus::test
