#include <saltus/losses/relative_mean_square_error.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>

namespace saltus {

RelativeMeanSquareError::RelativeMeanSquareError(double delta) : delta_(delta) {
    if (std::isfinite(delta)) return;
    throw ModelError("RelativeMeanSquareError", fmt::format("delta is {:g} ms", delta),
                     "give a time in ms")
        .with("parameter", "delta");
}

void RelativeMeanSquareError::check_labels(std::span<const std::int32_t> labels,
                                           std::size_t num_outputs,
                                           const std::string& where) const {
    SparseCategoricalCrossentropy().check_labels(labels, num_outputs, where);
}

double RelativeMeanSquareError::evaluate(std::span<const double> readout, const Target& target,
                                         std::span<double> gradient) const {
    const auto label = static_cast<std::size_t>(target.label);
    double sum = 0.0;
    gradient[label] = 0.0;
    for (std::size_t k = 0; k < readout.size(); ++k) {
        if (k == label) continue;
        const double error = readout[label] - readout[k] - delta_;
        sum += 0.5 * error * error;
        gradient[k] = -error;
        gradient[label] += error;
    }
    return sum;
}

}  // namespace saltus
