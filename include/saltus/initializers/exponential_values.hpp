#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Exponentially distributed values: lambda * E, where E has mean 1.
class ExponentialValues : public Initializer {
  public:
    /// @param lambda mean of the values (not their rate); its sign is theirs.
    /// @throws ModelError for a NaN or an infinity.
    explicit ExponentialValues(double lambda = 1.0);
    std::string name() const override { return "exponential"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    double lambda_;
};

}  // namespace saltus
