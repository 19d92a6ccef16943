#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Numbers of successes in n independent trials of probability p.
class Binomial : public Initializer {
  public:
    /// @param n trials, up to 2^31 - 1; @param p from 0 to 1.
    /// @throws ModelError outside of these.
    Binomial(std::uint64_t n, double p);
    std::string name() const override { return "binomial"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    std::uint64_t n_;
    double p_;
    std::uint64_t mode_ = 0;          ///< the likeliest number
    double probability_of_mode_ = 1;  ///< from which neighbours follow by their ratios
};

}  // namespace saltus
