#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Normally distributed values.
class Normal : public Initializer {
  public:
    /// @throws ModelError for a NaN, an infinity or a negative standard deviation.
    explicit Normal(double mean = 0.0, double sd = 1.0);
    std::string name() const override { return "normal"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    double mean_;
    double sd_;
};

}  // namespace saltus
