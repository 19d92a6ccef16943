#pragma once

#include <saltus/network/loss.hpp>

namespace saltus {

/// How much later than that of the label y all other neurons have their first spike, against a
/// distance in time: for one example
///
///     L = 1/2 sum_{k != y} (t_k - t_y - delta)^2
///
/// with the times t of first spikes in ms, for outputs that are read by first spikes
/// (FirstSpikeTime, EventProp). A neuron without a spike counts as if it spiked at the end of the
/// example.
class RelativeMeanSquareError : public Loss {
  public:
    /// @param delta by how much the others are to spike later, in ms.
    /// @throws ModelError for a delta that is not a finite number.
    explicit RelativeMeanSquareError(double delta);
    std::string name() const override { return "relative_mean_square_error"; }
    bool needs_first_spikes() const override { return true; }
    void check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                      const std::string& where) const override;
    /// @param readout minus the times, in ms.
    double evaluate(std::span<const double> readout, const Target& target,
                    std::span<double> gradient) const override;

  private:
    double delta_;
};

}  // namespace saltus
