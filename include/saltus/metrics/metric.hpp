#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace saltus {

/// A figure accumulated over the examples of a run.
class Metric {
  public:
    virtual ~Metric() = default;
    /// The name in results, for example "accuracy".
    virtual std::string name() const = 0;
    virtual void reset() = 0;
    /// Adds one example. @param loss its loss, when one was computed.
    virtual void update(std::span<const double> readout, std::int32_t label,
                        std::optional<double> loss) = 0;
    /// The figure, or nothing when no example was added.
    virtual std::optional<double> result() const = 0;
};

/// Fraction of examples whose largest readout is that of their label ("accuracy").
class SparseCategoricalAccuracy : public Metric {
  public:
    std::string name() const override { return "accuracy"; }
    void reset() override;
    void update(std::span<const double> readout, std::int32_t label,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    std::uint64_t correct_ = 0;
    std::uint64_t total_ = 0;
};

/// Mean of the examples' losses ("loss").
class MeanLoss : public Metric {
  public:
    std::string name() const override { return "loss"; }
    void reset() override;
    void update(std::span<const double> readout, std::int32_t label,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    double sum_ = 0.0;
    std::uint64_t total_ = 0;
};

/// Mean over examples and outputs of (readout - onehot(label))^2 ("mean_square_error").
class MeanSquareError : public Metric {
  public:
    std::string name() const override { return "mean_square_error"; }
    void reset() override;
    void update(std::span<const double> readout, std::int32_t label,
                std::optional<double> loss) override;
    std::optional<double> result() const override;

  private:
    double sum_ = 0.0;
    std::uint64_t total_ = 0;
};

/// The metric of that name. @throws ModelError with the nearest name when there is none.
std::shared_ptr<Metric> metric_by_name(const std::string& name);

}  // namespace saltus
