#pragma once

#include <saltus/common/array.hpp>
#include <saltus/network/initializer.hpp>

namespace saltus {

/// Values of an array, which element k finds at position k, row-major.
class Kernel : public Initializer {
  public:
    /// @throws ModelError for a NaN or an infinity.
    explicit Kernel(Array values);
    std::string name() const override { return "kernel"; }
    /// @throws ModelError for an element behind the end of the array.
    double value(const RandomStream& stream, std::uint64_t element) const override;
    std::string describe() const override;

  private:
    Array values_;
};

}  // namespace saltus
