#pragma once

#include <memory>
#include <string>
#include <vector>

#include <saltus/network/init_value.hpp>

namespace saltus {

/// The initializer of that name with default arguments ("normal", "uniform").
/// @throws ModelError with the nearest name when there is none.
std::shared_ptr<const Initializer> initializer_by_name(const std::string& name);

/// The values of `count` elements; an array must hold exactly that many.
/// @param where, what name the model part and argument in errors.
/// @throws ModelError for NaN, infinity, an array of another size, or an unknown initializer name.
std::vector<double> materialise(const InitValue& value, std::size_t count,
                                const RandomStream& stream, const std::string& where,
                                const std::string& what);

}  // namespace saltus
