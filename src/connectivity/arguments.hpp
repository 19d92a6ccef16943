#pragma once

#include <cstddef>
#include <string>

#include <saltus/connectivity/param_2d.hpp>

namespace saltus {

/// The size, stride or count, when it lies between 1 and 2^20.
/// @throws ModelError naming the class `where` and the argument `name`.
std::size_t require_size(std::size_t value, const std::string& where, const std::string& name);
/// The same along both axes.
Param2D require_size(Param2D value, const std::string& where, const std::string& name);

/// Checks that the filters of a convolution divide into its groups.
/// @throws ModelError naming the class `where`.
void require_groups(std::size_t filters, std::size_t groups, const std::string& where);

}  // namespace saltus
