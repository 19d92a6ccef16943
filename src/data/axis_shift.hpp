#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/common/shape.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus {

/// Moves spikes by `shift` neurons along the first axes of `shape`; those that leave it are
/// deleted.
void shift_along_axes(std::vector<Spike>& spikes, const Shape& shape,
                      std::span<const std::int64_t> shift);

/// Mean place of spikes along the first `num_axes` axes; there is at least one spike.
std::vector<double> mean_place(std::span<const Spike> spikes, const Shape& shape,
                               std::size_t num_axes);

/// @throws ModelError naming `where` unless the shape has that many neurons.
void require_shape_fits(const Shape& shape, std::size_t num_neurons, const char* where);

/// @throws ModelError naming `where` for a shape without neurons, or of more than 32 bits can
/// number.
void require_population_shape(const Shape& shape, const char* where);

}  // namespace saltus
