#include "compilers/first_spike_loss.hpp"

#include <algorithm>
#include <vector>

namespace saltus {

double FirstSpikeLoss::evaluate(std::span<const double> readout, const Target& target,
                                std::span<double> gradient) const {
    std::vector<double> clamped(readout.begin(), readout.end());
    for (double& value : clamped)
        value = std::max(value, -duration_);
    double loss = loss_->evaluate(clamped, target, gradient);
    if (!loss_->takes_values() && !loss_->needs_first_spikes()) {
        const auto label = static_cast<std::size_t>(target.label);
        const double left = 1.01 * duration_ + clamped[label];
        loss += alpha_ / left;
        gradient[label] -= alpha_ / (left * left);
    }
    for (std::size_t k = 0; k < readout.size(); ++k)
        if (readout[k] < -duration_) gradient[k] = 0.0;
    return loss;
}

}  // namespace saltus
