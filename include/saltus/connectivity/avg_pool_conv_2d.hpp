#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <saltus/connectivity/pad_mode.hpp>
#include <saltus/connectivity/param_2d.hpp>
#include <saltus/network/connectivity.hpp>

namespace saltus {

/// An average pool and a convolution of the pools in one connection, with no neurons between them:
/// AvgPool2D without padding, then Conv2D.
///
/// The source has shape (rows, columns, channels); the target gets (output rows, output columns,
/// filters), flat when `flatten` is set. Weights have shape [kernel row][kernel column][channel]
/// [filter]; what arrives is divided by the area of a pool. A neuron whose pools overlap, or meet
/// in the convolution, has several synapses onto the same target.
class AvgPoolConv2D : public Connectivity {
  public:
    /// @param weight constant, array of that shape or initializer: one value for each element of
    /// the kernel, shared by all its synapses.
    /// @param filters number of output channels.
    /// @param pool_size in source neurons.
    /// @param conv_size of the kernel, in pools.
    /// @param pool_strides from pool to pool, in source neurons; the pool's size when left out.
    /// @param conv_strides in pools; 1 when left out.
    /// @param conv_padding "valid", "same" or "full".
    /// @param delay in timesteps: constant, array with one for each weight, or initializer.
    /// @throws ModelError naming the argument that is out of range.
    AvgPoolConv2D(InitValue weight, std::size_t filters, Param2D pool_size, Param2D conv_size,
                  bool flatten = false, std::optional<Param2D> pool_strides = {},
                  std::optional<Param2D> conv_strides = {}, Padding conv_padding = PadMode::kValid,
                  InitValue delay = 0.0);
    std::string name() const override { return "avg_pool_conv_2d"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<AvgPoolConv2D>(*this);
    }
    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

    // The arguments, with those that were left out.
    std::size_t filters() const { return filters_; }
    Param2D pool_size() const { return pool_size_; }
    Param2D conv_size() const { return conv_size_; }
    bool flatten() const { return flatten_; }
    Param2D pool_strides() const { return pool_strides_; }
    Param2D conv_strides() const { return conv_strides_; }
    PadMode conv_padding() const { return conv_padding_; }

  private:
    std::size_t filters_;
    Param2D pool_size_;
    Param2D conv_size_;
    bool flatten_;
    Param2D pool_strides_;
    Param2D conv_strides_;
    PadMode conv_padding_;
};

}  // namespace saltus
