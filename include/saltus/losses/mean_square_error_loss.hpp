#pragma once

#include <saltus/network/loss.hpp>

namespace saltus {

/// Mean over all K elements of (y - t)^2, for one example
///
///     L = 1/K sum_k (y_k - t_k)^2        dL/dy_k = 2 (y_k - t_k) / K
///
/// Its targets t are values of the readout's shape, [examples, neurons]. Where the readout is `var`
/// they may be [examples, timesteps, neurons] instead: y is then the output variable at the end of
/// every timestep.
class MeanSquareErrorLoss : public Loss {
  public:
    std::string name() const override { return "mean_square_error"; }
    bool takes_values() const override { return true; }
    bool takes_steps() const override { return true; }
    double evaluate(std::span<const double> readout, const Target& target,
                    std::span<double> gradient) const override;
};

}  // namespace saltus
