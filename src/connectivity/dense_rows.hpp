#pragma once

#include <saltus/network/synapse_rows.hpp>

#include "connectivity/axis_taps.hpp"

namespace saltus {

/// Every pair of neurons; element pre * num_post + post.
class DenseRows : public SynapseRows {
  public:
    using SynapseRows::SynapseRows;
    std::optional<std::size_t> num_elements() const override { return num_pre() * num_post(); }
    void row(std::size_t pre, std::vector<RowSynapse>& synapses) const override;
};

/// A dense matrix behind a pool: neurons of the source, [row][column][channel], reach the rows of
/// the matrix that stand for the pools they lie in. Element pool * num_post + post.
class PooledDenseRows : public SynapseRows {
  public:
    /// @param rows, columns from positions of the source to those of the pools (their `kernel` is
    /// not used).
    PooledDenseRows(AxisTaps rows, AxisTaps columns, std::size_t pooled_rows,
                    std::size_t pooled_columns, std::size_t channels, std::size_t num_post);
    std::optional<std::size_t> num_elements() const override { return num_pools_ * num_post(); }
    void row(std::size_t pre, std::vector<RowSynapse>& synapses) const override;
    /// Number of rows of the matrix.
    std::size_t num_pools() const { return num_pools_; }
    /// Replaces `pools` by those that a source neuron lies in.
    void pools_of(std::size_t pre, std::vector<std::uint32_t>& pools) const;

  private:
    AxisTaps rows_;
    AxisTaps columns_;
    std::size_t pooled_columns_;
    std::size_t channels_;
    std::size_t num_pools_;
};

}  // namespace saltus
