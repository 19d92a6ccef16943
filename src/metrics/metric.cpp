#include <saltus/metrics/metric.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>
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

void SparseCategoricalAccuracy::update(std::span<const double> readout, const Target& target,
                                       std::optional<double> /*loss*/) {
    const auto largest = std::max_element(readout.begin(), readout.end()) - readout.begin();
    correct_ += largest == target.label ? 1 : 0;
    ++total_;
}

std::optional<double> SparseCategoricalAccuracy::result() const {
    return mean(static_cast<double>(correct_), total_);
}

TopKAccuracy::TopKAccuracy(std::size_t k) : k_(k) {
    if (k_ != 0) return;
    throw ModelError("TopKAccuracy", "k is 0", "give at least 1").with("parameter", "k");
}

void TopKAccuracy::reset() {
    correct_ = total_ = 0;
}

void TopKAccuracy::update(std::span<const double> readout, const Target& target,
                          std::optional<double> /*loss*/) {
    const double own = readout[static_cast<std::size_t>(target.label)];
    const auto greater = static_cast<std::size_t>(
        std::count_if(readout.begin(), readout.end(), [own](double value) { return value > own; }));
    correct_ += greater < k_ ? 1 : 0;
    ++total_;
}

std::optional<double> TopKAccuracy::result() const {
    return mean(static_cast<double>(correct_), total_);
}

void MeanLoss::reset() {
    sum_ = 0.0;
    total_ = 0;
}

void MeanLoss::update(std::span<const double> /*readout*/, const Target& /*target*/,
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

void MeanSquareError::update(std::span<const double> readout, const Target& target,
                             std::optional<double> loss) {
    if (!target.values.empty() && target.values.size() != readout.size()) {
        // Every timestep was compared, which only the loss can do.
        const auto count = static_cast<double>(target.values.size());
        sum_ += loss.value_or(0.0) * count;
        total_ += target.values.size();
        return;
    }
    for (std::size_t k = 0; k < readout.size(); ++k) {
        const double one_hot = static_cast<std::int32_t>(k) == target.label ? 1.0 : 0.0;
        const double error = readout[k] - (target.values.empty() ? one_hot : target.values[k]);
        sum_ += error * error;
    }
    total_ += readout.size();
}

std::optional<double> MeanSquareError::result() const {
    return mean(sum_, total_);
}

Array confusion_matrix(const Array& readouts, std::span<const std::int32_t> labels) {
    const auto refuse = [](const std::string& problem, const std::string& advice) {
        throw ModelError("confusion_matrix", problem, advice);
    };
    if (readouts.shape.rank() != 2 || readouts.shape.size() != readouts.size())
        refuse("the readouts have shape " + to_string(readouts.shape),
               "give an array of shape (examples, classes)");
    const std::size_t classes = readouts.shape[1];
    if (readouts.shape[0] != labels.size())
        refuse(fmt::format("there are {} labels for {} examples", labels.size(), readouts.shape[0]),
               "give one label for each example");
    Array counts(Shape{classes, classes});
    for (std::size_t example = 0; example < labels.size(); ++example) {
        if (labels[example] < 0 || static_cast<std::size_t>(labels[example]) >= classes)
            refuse(fmt::format("label {} is {}, but there are {} classes", example, labels[example],
                               classes),
                   "give labels from 0 on");
        const auto row = readouts.values.begin() + static_cast<std::ptrdiff_t>(example * classes);
        const auto largest =
            std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row;
        counts.values[static_cast<std::size_t>(labels[example]) * classes +
                      static_cast<std::size_t>(largest)] += 1.0;
    }
    return counts;
}

namespace {

/// The k of "top_<k>_accuracy"; 0 when the name is another.
std::size_t k_of(std::string_view name) {
    constexpr std::string_view kBefore = "top_";
    constexpr std::string_view kAfter = "_accuracy";
    if (!name.starts_with(kBefore) || !name.ends_with(kAfter)) return 0;
    if (name.size() <= kBefore.size() + kAfter.size()) return 0;
    name.remove_prefix(kBefore.size());
    name.remove_suffix(kAfter.size());
    std::size_t k = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), k);
    return failure == std::errc() && end == name.data() + name.size() ? k : 0;
}

}  // namespace

std::shared_ptr<Metric> metric_by_name(const std::string& name) {
    if (name == "accuracy" || name == "sparse_categorical_accuracy") {
        return std::make_shared<SparseCategoricalAccuracy>();
    }
    if (const std::size_t k = k_of(name)) return std::make_shared<TopKAccuracy>(k);
    if (name == "loss") return std::make_shared<MeanLoss>();
    if (name == "mean_square_error") return std::make_shared<MeanSquareError>();
    throw ModelError("Metric", "there is no metric '" + name + "'",
                     suggest(name, {"accuracy", "top_5_accuracy", "loss", "mean_square_error"}));
}

}  // namespace saltus
