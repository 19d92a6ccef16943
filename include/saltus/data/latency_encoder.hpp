#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <saltus/data/grid_spikes.hpp>
#include <saltus/data/image_dataset.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus {

/// Turns pixels into spike times: brighter is earlier, and a pixel spikes at most once. Neurons are
/// numbered as the pixels are, row-major.
class LatencyEncoder {
  public:
    /// Pixels x > threshold spike at (255 - x) / 255 * (max_time - min_time) + min_time ms.
    /// @throws ModelError unless 0 <= min_time <= max_time and 0 <= threshold <= 255.
    static LatencyEncoder linear(double max_time, double min_time = 0.0, int threshold = 1);
    /// Pixels x > threshold spike at min_time + tau_eff * ln(x / (x - threshold)) ms: when a leaky
    /// membrane driven by x reaches the threshold.
    /// @throws ModelError unless tau_eff > 0, min_time >= 0 and 0 <= threshold <= 255.
    static LatencyEncoder logarithmic(double tau_eff, int threshold, double min_time = 0.0);

    /// Pixels of each value spike at the time in ms that stands there; never where it is NaN.
    /// @throws ModelError for a time that is negative or infinite, or a value that spikes below one
    /// that does not.
    static LatencyEncoder from_times(std::span<const double, 256> times);

    /// Time in ms of the spike of a pixel of this value; nothing when it stays silent.
    std::optional<double> time(std::uint8_t value) const { return times_[value]; }

    /// Exact spike times, an example an image.
    SpikeTrains encode(const ImageDataset& images) const;
    /// Spikes on a grid of `num_steps` steps of `dt` ms: what GridSpikes::from makes of the exact
    /// times, without the way round.
    /// @param threads how many work at it, 0 for one a core; the result does not depend on it.
    /// @throws ModelError when a pixel would spike after the last step.
    GridSpikes encode(const ImageView& images, double dt, std::size_t num_steps,
                      int threads = 1) const;
    GridSpikes encode(const ImageDataset& images, double dt, std::size_t num_steps,
                      int threads = 1) const {
        return encode(images.view(), dt, num_steps, threads);
    }

  private:
    explicit LatencyEncoder(int threshold) : threshold_(threshold) {}

    int threshold_;
    std::array<std::optional<double>, 256> times_;
};

}  // namespace saltus
