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
    /// @param delay in timesteps: constant, array [pre, post] or initializer.
    explicit Dense(InitValue weight, InitValue delay = 0.0);
    std::string name() const override { return "dense"; }
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Dense>(*this); }
    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;
};

}  // namespace saltus
