#pragma once

#include <memory>

#include <saltus/initializers/normal.hpp>
#include <saltus/network/initializer.hpp>

namespace saltus {

/// Zero, except with probability p, when the value is that of another initializer.
class SparseValues : public Initializer {
  public:
    /// @param p probability of a value, from 0 to 1; @param inner gives the values.
    /// @throws ModelError outside of these, or without an inner initializer.
    explicit SparseValues(
        double p, std::shared_ptr<const Initializer> inner = std::make_shared<const Normal>());
    std::string name() const override { return "sparse"; }
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::shared_ptr<const Initializer> bound_to(const Shape& shape) const override;
    std::string describe() const override;

  private:
    double p_;
    std::shared_ptr<const Initializer> inner_;
};

}  // namespace saltus
