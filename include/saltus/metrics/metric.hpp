#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <saltus/common/array.hpp>
#include <saltus/network/loss.hpp>

namespace saltus {

/// A figure accumulated over the examples of a run.
class Metric {
  public:
    virtual ~Metric() = default;
    /// The name in results, for example "accuracy".
    virtual std::string name() const = 0;
    virtual void reset() = 0;
    /// Whether targets may be values of the readout's shape; all metrics take labels.
    virtual bool takes_values() const { return false; }
    /// Adds one example. @param loss that of this output, when one was computed.
    virtual void update(std::span<const double> readout, const Target& target,
                        std::optional<double> loss) = 0;
    /// The figure, or nothing when no example was added.
    virtual std::optional<double> result() const = 0;
};

/// Fraction of examples whose largest readout is that of their label ("accuracy").
class SparseCategoricalAccuracy : public Metric {
  public:
    std::string name() const override { return "accuracy"; }
    void reset() override;
    void update(std::span<const double> readout, const Target& target,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    std::uint64_t correct_ = 0;
    std::uint64_t total_ = 0;
};

/// Fraction of examples with fewer than k readouts greater than that of their label
/// ("top_<k>_accuracy").
class TopKAccuracy : public Metric {
  public:
    /// @throws ModelError for k = 0.
    explicit TopKAccuracy(std::size_t k = 5);
    std::string name() const override { return "top_" + std::to_string(k_) + "_accuracy"; }
    void reset() override;
    void update(std::span<const double> readout, const Target& target,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    std::size_t k_;
    std::uint64_t correct_ = 0;
    std::uint64_t total_ = 0;
};

/// Mean of the examples' losses ("loss").
class MeanLoss : public Metric {
  public:
    std::string name() const override { return "loss"; }
    void reset() override;
    bool takes_values() const override { return true; }
    void update(std::span<const double> readout, const Target& target,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    double sum_ = 0.0;
    std::uint64_t total_ = 0;
};

/// Mean over examples and neurons of (readout - target)^2 ("mean_square_error"). A label stands for
/// 1 at its neuron and 0 at the others. Where targets are those of every timestep, it is the mean
/// over timesteps, too, as MeanSquareErrorLoss found it.
class MeanSquareError : public Metric {
  public:
    std::string name() const override { return "mean_square_error"; }
    void reset() override;
    bool takes_values() const override { return true; }
    void update(std::span<const double> readout, const Target& target,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    double sum_ = 0.0;
    std::uint64_t total_ = 0;
};

/// How often examples of each class were taken for each: [classes, classes], the row is the label,
/// the column the class with the largest readout (of equal ones the first).
/// @param readouts [examples, classes], as predict() gives them.
/// @throws ModelError for another shape, another number of labels, or a label out of range.
Array confusion_matrix(const Array& readouts, std::span<const std::int32_t> labels);

/// The metric of that name: "accuracy", "top_<k>_accuracy" (such as "top_3_accuracy"), "loss",
/// "mean_square_error". @throws ModelError with the nearest name when there is none.
std::shared_ptr<Metric> metric_by_name(const std::string& name);

}  // namespace saltus
