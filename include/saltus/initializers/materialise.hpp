#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/common/shape.hpp>
#include <saltus/network/init_value.hpp>

namespace saltus {

/// The initializer of that name with default arguments: "exponential", "glorot_normal",
/// "glorot_uniform", "he_normal", "he_uniform", "identity", "normal", "orthogonal" or "uniform".
/// @throws ModelError with the nearest name when there is none, or when it has no defaults.
std::shared_ptr<const Initializer> initializer_by_name(const std::string& name);

/// The values of `count` elements; an array must hold exactly that many.
/// @param where, what name the model part and argument in errors.
/// @param shape of the values, for initializers that depend on it: one axis when not given, none
/// when it is without axes.
/// @throws ModelError for NaN, infinity, an array of another size, an unknown initializer name, or
/// an initializer that needs another shape.
std::vector<double> materialise(const InitValue& value, std::size_t count,
                                const RandomStream& stream, const std::string& where,
                                const std::string& what,
                                const std::optional<Shape>& shape = std::nullopt);

}  // namespace saltus
