#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// A matrix with `gain` on its diagonal and zeros elsewhere.
class Identity : public Initializer {
  public:
    /// @throws ModelError for a NaN or an infinity.
    explicit Identity(double gain = 1.0);
    std::string name() const override { return "identity"; }
    /// @throws ModelError: values need a shape, see bound_to().
    double value(const RandomStream& stream, std::uint64_t element) const override;
    /// @throws ModelError for a shape that does not have two axes.
    std::shared_ptr<const Initializer> bound_to(const Shape& shape) const override;
    std::string describe() const override;

  private:
    double gain_;
};

}  // namespace saltus
