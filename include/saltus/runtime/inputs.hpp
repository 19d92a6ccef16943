#pragma once

#include <cstdint>
#include <initializer_list>
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

/// What the readouts of all examples of one output are compared with: class labels, or values
/// [examples, neurons], or [examples, timesteps, neurons] for a loss that compares every timestep.
class TargetData {
  public:
    TargetData() = default;
    TargetData(std::vector<std::int32_t> labels) : labels_(std::move(labels)) {}
    TargetData(std::initializer_list<std::int32_t> labels) : labels_(labels) {}
    /// @param values are not copied.
    TargetData(std::shared_ptr<const NumberView> values) : values_(std::move(values)) {}
    TargetData(const std::shared_ptr<const Array>& values)
        : values_(values ? std::make_shared<const NumberView>(values) : nullptr) {}

    bool are_labels() const { return values_ == nullptr; }
    const std::vector<std::int32_t>& labels() const { return labels_; }
    const std::shared_ptr<const NumberView>& values() const { return values_; }
    std::size_t num_examples() const;

  private:
    std::vector<std::int32_t> labels_;
    std::shared_ptr<const NumberView> values_;
};

/// Labels or values of every example by the name of the output population.
using Labels = std::map<std::string, TargetData>;

/// Figures by name: "loss", "accuracy", ...; with several outputs "<population>.accuracy".
using Metrics = std::map<std::string, double>;

}  // namespace saltus
