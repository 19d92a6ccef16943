#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <saltus/connectivity/pad_mode.hpp>
#include <saltus/connectivity/param_2d.hpp>
#include <saltus/network/connectivity.hpp>

namespace saltus {

/// Averages over windows of the source, channel by channel: each neuron of a pool reaches the
/// pool's target with weight 1 / (rows x columns of the pool), which training leaves alone.
///
/// The source has shape (rows, columns, channels); the target gets (pools along rows, pools along
/// columns, channels), flat when `flatten` is set. Pools may overlap or leave neurons out. Padding
/// counts as silent neurons: pools at the border divide by their full area as well.
class AvgPool2D : public Connectivity {
  public:
    /// @param pool_size in source neurons.
    /// @param pool_strides from pool to pool; the size when left out.
    /// @param delay in timesteps: constant, array with one for each channel, or initializer.
    /// @param pool_padding "valid", "same" or "full".
    /// @throws ModelError naming the argument that is out of range.
    explicit AvgPool2D(Param2D pool_size, bool flatten = false,
                       std::optional<Param2D> pool_strides = {}, InitValue delay = 0.0,
                       Padding pool_padding = PadMode::kValid);
    std::string name() const override { return "avg_pool_2d"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<AvgPool2D>(*this);
    }
    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

    // The arguments, with those that were left out.
    Param2D pool_size() const { return pool_size_; }
    bool flatten() const { return flatten_; }
    Param2D pool_strides() const { return pool_strides_; }
    PadMode pool_padding() const { return pool_padding_; }

  private:
    Param2D pool_size_;
    bool flatten_;
    Param2D pool_strides_;
    PadMode pool_padding_;
};

}  // namespace saltus
