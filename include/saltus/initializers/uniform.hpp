#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Values distributed uniformly between two bounds.
class Uniform : public Initializer {
  public:
    /// @throws ModelError for a NaN or an infinity, or when min is greater than max.
    explicit Uniform(double min = 0.0, double max = 1.0);
    std::string name() const override { return "uniform"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    double min_;
    double max_;
};

}  // namespace saltus
