#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// The same value everywhere.
class Constant : public Initializer {
  public:
    /// @throws ModelError for a NaN or an infinity.
    explicit Constant(double value);
    std::string name() const override { return "constant"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    double value_;
};

}  // namespace saltus
