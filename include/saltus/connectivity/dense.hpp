#pragma once

#include <saltus/network/connectivity.hpp>

namespace saltus {

/// Every neuron of the source is connected to every neuron of the target.
///
/// An array of weights has shape (source size, target size) and gives populations without a shape
/// theirs; populations of any shape with that many neurons fit it.
class Dense : public Connectivity {
  public:
    /// @param weight constant, array [pre, post], initializer or its name.
    /// @param delay in timesteps, a constant.
    explicit Dense(InitValue weight, InitValue delay = 0.0);
    std::string name() const override { return "dense"; }
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Dense>(*this); }
    MatrixType matrix_type() const override { return MatrixType::kDense; }
    void connect(Population& source, Population& target) const override;
};

}  // namespace saltus
