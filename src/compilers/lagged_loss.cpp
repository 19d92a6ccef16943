#include "compilers/lagged_loss.hpp"

#include <algorithm>
#include <vector>

namespace saltus {

void LaggedLoss::check_labels(std::span<const std::int32_t> labels, std::size_t num_outputs,
                              const std::string& where) const {
    loss_->check_labels(labels, num_outputs, where);
}

double LaggedLoss::first_slope(std::size_t num_outputs, const Target& target) const {
    // A softmax that is 0 at the label is that of a value far below all others.
    const auto label = static_cast<std::size_t>(target.label);
    std::vector<double> outputs(num_steps_ * num_outputs, 0.0);
    for (std::size_t step = 0; step < num_steps_; ++step)
        outputs[step * num_outputs + label] = -1e9;
    std::vector<double> slopes(outputs.size());
    loss_->evaluate(outputs, target, slopes);
    return slopes[label];
}

double LaggedLoss::evaluate(std::span<const double> outputs, const Target& target,
                            std::span<double> gradient) const {
    const double loss = loss_->evaluate(outputs, target, gradient);
    const bool has_softmax = !loss_->takes_values();
    const std::size_t size = outputs.size() / num_steps_;
    const std::size_t lag = std::min<std::size_t>(has_softmax ? 2 : 1, num_steps_);
    const auto late = static_cast<std::ptrdiff_t>(lag * size);
    std::copy_backward(gradient.begin(), gradient.end() - late, gradient.end());
    std::fill(gradient.begin(), gradient.begin() + late, 0.0);
    if (has_softmax && num_steps_ > 1) {
        gradient[size + static_cast<std::size_t>(target.label)] = first_slope(size, target);
    }
    return loss;
}

}  // namespace saltus
