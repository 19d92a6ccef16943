#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <saltus/connectivity/param_2d.hpp>
#include <saltus/network/connectivity.hpp>

namespace saltus {

/// An average pool and a dense matrix behind it in one connection, with no neurons between them:
/// AvgPool2D without padding, then Dense.
///
/// The source has shape (rows, columns, channels). Weights have shape [pool][target neuron], pools
/// being numbered as (pool row, pool column, channel); what arrives is divided by the area of a
/// pool. An array of weights gives a target without shape its size; targets of any shape with that
/// many neurons fit it.
class AvgPoolDense2D : public Connectivity {
  public:
    /// @param weight constant, array of that shape or initializer: one value for each pool and
    /// target neuron, shared by the neurons of the pool.
    /// @param pool_size in source neurons.
    /// @param pool_strides from pool to pool; the size when left out.
    /// @param delay in timesteps: constant, array with one for each weight, or initializer.
    /// @throws ModelError naming the argument that is out of range.
    AvgPoolDense2D(InitValue weight, Param2D pool_size, std::optional<Param2D> pool_strides = {},
                   InitValue delay = 0.0);
    std::string name() const override { return "avg_pool_dense_2d"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<AvgPoolDense2D>(*this);
    }
    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

    // The arguments, with those that were left out.
    Param2D pool_size() const { return pool_size_; }
    Param2D pool_strides() const { return pool_strides_; }

  private:
    Param2D pool_size_;
    Param2D pool_strides_;
};

}  // namespace saltus
