#include <saltus/metrics/metric.hpp>

#include <algorithm>

#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

std::optional<double> mean(double sum, std::uint64_t total) {
    if (total == 0) return {};
    return sum / static_cast<double>(total);
}

}  // namespace

void SparseCategoricalAccuracy::reset() {
    correct_ = total_ = 0;
}

void SparseCategoricalAccuracy::update(std::span<const double> readout, std::int32_t label,
                                       std::optional<double> /*loss*/) {
    const auto largest = std::max_element(readout.begin(), readout.end()) - readout.begin();
    correct_ += largest == label ? 1 : 0;
    ++total_;
}

std::optional<double> SparseCategoricalAccuracy::result() const {
    return mean(static_cast<double>(correct_), total_);
}

void MeanLoss::reset() {
    sum_ = 0.0;
    total_ = 0;
}

void MeanLoss::update(std::span<const double> /*readout*/, std::int32_t /*label*/,
                      std::optional<double> loss) {
    if (!loss) return;
    sum_ += *loss;
    ++total_;
}

std::optional<double> MeanLoss::result() const {
    return mean(sum_, total_);
}

void MeanSquareError::reset() {
    sum_ = 0.0;
    total_ = 0;
}

void MeanSquareError::update(std::span<const double> readout, std::int32_t label,
                             std::optional<double> /*loss*/) {
    for (std::size_t k = 0; k < readout.size(); ++k) {
        const double error = readout[k] - (static_cast<std::int32_t>(k) == label ? 1.0 : 0.0);
        sum_ += error * error;
    }
    total_ += readout.size();
}

std::optional<double> MeanSquareError::result() const {
    return mean(sum_, total_);
}

std::shared_ptr<Metric> metric_by_name(const std::string& name) {
    if (name == "accuracy" || name == "sparse_categorical_accuracy") {
        return std::make_shared<SparseCategoricalAccuracy>();
    }
    if (name == "loss") return std::make_shared<MeanLoss>();
    if (name == "mean_square_error") return std::make_shared<MeanSquareError>();
    throw ModelError("Metric", "there is no metric '" + name + "'",
                     suggest(name, {"accuracy", "loss", "mean_square_error"}));
}

}  // namespace saltus
