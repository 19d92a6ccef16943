#pragma once

#include <saltus/network/initializer.hpp>

namespace saltus {

/// A random orthogonal matrix, uniformly among all: rows, or columns where there are fewer, are
/// orthogonal to each other and of length `gain`. Kernels are flattened to (all other axes, output
/// channels). Saxe, McClelland and Ganguli, ICLR 2014.
class Orthogonal : public Initializer {
  public:
    /// @throws ModelError for a NaN or an infinity.
    explicit Orthogonal(double gain = 1.0);
    std::string name() const override { return "orthogonal"; }
    /// @throws ModelError: values need a shape, see bound_to().
    double value(const RandomStream& stream, std::uint64_t element) const override;
    /// The matrix is made when its first value is asked for.
    /// @throws ModelError for a shape of less than two axes.
    std::shared_ptr<const Initializer> bound_to(const Shape& shape) const override;
    std::string describe() const override;

  private:
    double gain_;
};

}  // namespace saltus
