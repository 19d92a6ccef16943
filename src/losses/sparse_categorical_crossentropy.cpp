#include <saltus/losses/sparse_categorical_crossentropy.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {

SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(double temperature)
    : inverse_temperature_(1.0 / temperature) {
    if (!std::isfinite(temperature) || temperature <= 0.0) {
        throw ModelError("SparseCategoricalCrossentropy",
                         fmt::format("temperature is {:g}", temperature), "give a positive number");
    }
}

void SparseCategoricalCrossentropy::check_labels(std::span<const std::int32_t> labels,
                                                 std::size_t num_outputs,
                                                 const std::string& where) const {
    for (std::size_t example = 0; example < labels.size(); ++example) {
        const std::int32_t label = labels[example];
        if (label >= 0 && static_cast<std::size_t>(label) < num_outputs) continue;
        throw ModelError(where,
                         fmt::format("label {} of example {} is outside the {} classes", label,
                                     example, num_outputs),
                         fmt::format("give labels from 0 to {}", num_outputs - 1))
            .with("example", std::to_string(example))
            .with("label", std::to_string(label));
    }
}

double SparseCategoricalCrossentropy::evaluate(std::span<const double> readout,
                                               const Target& target,
                                               std::span<double> gradient) const {
    const double largest = *std::max_element(readout.begin(), readout.end());
    double sum = 0.0;
    for (std::size_t k = 0; k < readout.size(); ++k) {
        gradient[k] = std::exp((readout[k] - largest) * inverse_temperature_);
        sum += gradient[k];
    }
    const auto label = static_cast<std::size_t>(target.label);
    const double loss = std::log(sum) - (readout[label] - largest) * inverse_temperature_;
    const double scale = inverse_temperature_ / sum;
    for (double& entry : gradient)
        entry *= scale;
    gradient[label] -= inverse_temperature_;
    return loss;
}

}  // namespace saltus
