#include <saltus/losses/mean_square_error_loss.hpp>

namespace saltus {

double MeanSquareErrorLoss::evaluate(std::span<const double> readout, const Target& target,
                                     std::span<double> gradient) const {
    const auto count = static_cast<double>(readout.size());
    double sum = 0.0;
    for (std::size_t k = 0; k < readout.size(); ++k) {
        const double error = readout[k] - target.values[k];
        sum += error * error;
        gradient[k] = 2.0 * error / count;
    }
    return sum / count;
}

}  // namespace saltus
