#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// Normally distributed values within bounds: those outside are drawn again.
class NormalClipped : public Initializer {
  public:
    /// @throws ModelError for a NaN, an infinity or a negative standard deviation, or when less
    /// than one value in ten thousand would lie within the bounds.
    NormalClipped(double mean, double sd, double min, double max);
    std::string name() const override { return "normal_clipped"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    double mean_;
    double sd_;
    double min_;
    double max_;
};

}  // namespace saltus
