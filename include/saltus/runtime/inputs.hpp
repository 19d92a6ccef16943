#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <saltus/common/array.hpp>
#include <saltus/data/grid_spikes.hpp>
#include <saltus/data/number_view.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus {

/// What an input population receives, for every example: spike trains (SpikeInput), on the grid or
/// at exact times, or values [examples, neurons] (other inputs), [examples, frames, neurons] of one
/// with several frames, which are not copied.
using InputData =
    std::variant<std::shared_ptr<const GridSpikes>, std::shared_ptr<const SpikeTrains>,
                 std::shared_ptr<const Array>, std::shared_ptr<const NumberView>>;

/// Data by the name of the input population.
using Inputs = std::map<std::string, InputData>;

/// Class labels of every example by the name of the output population.
using Labels = std::map<std::string, std::vector<std::int32_t>>;

/// Figures by name: "loss", "accuracy", ...; with several outputs "<population>.accuracy".
using Metrics = std::map<std::string, double>;

}  // namespace saltus
