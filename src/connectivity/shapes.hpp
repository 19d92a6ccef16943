#pragma once

#include <string>

#include <saltus/common/shape.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/network/population.hpp>

namespace saltus {

/// "Connection source->target", for errors before a connection has its name.
std::string connection_place(const Population& source, const Population& target);

/// The shape of a source that must have one axis for each of the named ones, for example
/// "(rows, columns, channels)".
/// @throws ModelError naming `where` and the population.
const Shape& require_source_shape(const Population& source, std::size_t rank,
                                  const std::string& axes, const std::string& where);

/// Checks that the channels of a source divide into groups.
/// @throws ModelError naming `where` and the population.
void require_channel_groups(const Population& source, std::size_t channels, std::size_t groups,
                            const std::string& where);

/// Checks arrays of weights, which have the shape `weights`, and of delays, one for each weight.
/// @throws ModelError naming `where` and both shapes.
void require_value_shapes(const InitValue& weight, const InitValue& delay, const Shape& weights,
                          const std::string& where);

/// Gives a target without shape that of the output, or a flat one of the same size; a shape that it
/// has must be the same.
/// @throws ModelError naming `where`, the population and both shapes.
void update_target_shape(Population& target, const Shape& output, bool flatten,
                         const std::string& where);

}  // namespace saltus
