#include <saltus/losses/per_timestep.hpp>

namespace saltus {

double PerTimestep::evaluate(std::span<const double> outputs, const Target& target,
                             std::span<double> gradient) const {
    const std::size_t size = outputs.size() / num_steps_;
    const bool has_steps = target.values.size() == outputs.size() && num_steps_ > 1;
    const auto share = static_cast<double>(num_steps_);
    double sum = 0.0;
    for (std::size_t step = 0; step < num_steps_; ++step) {
        const std::size_t first = step * size;
        Target of_step = target;
        if (has_steps) of_step.values = target.values.subspan(first, size);
        sum +=
            loss_->evaluate(outputs.subspan(first, size), of_step, gradient.subspan(first, size));
    }
    for (double& slope : gradient)
        slope /= share;
    return sum / share;
}

}  // namespace saltus
