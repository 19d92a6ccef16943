#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Gamma distributed values with mean a * b and variance a * b^2.
///
/// Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000).
class Gamma : public Initializer {
  public:
    /// @param a shape, positive; @param b scale.
    /// @throws ModelError for a NaN, an infinity or a shape that is not positive.
    Gamma(double a, double b);
    std::string name() const override { return "gamma"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    double a_;
    double b_;
};

}  // namespace saltus
