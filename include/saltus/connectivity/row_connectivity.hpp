#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <saltus/connectivity/sparse_base.hpp>

namespace saltus {

/// Which row is asked for.
struct RowRequest {
    std::size_t pre;       ///< source neuron
    std::size_t num_pre;   ///< neurons of the source
    std::size_t num_post;  ///< neurons of the target
    /// Random numbers; take `pre` as the element. They follow the network's seed when rows are
    /// independent, and are the same for every seed otherwise.
    const RandomStream& stream;
};

/// The synapses of one source neuron.
struct ConnectivityRow {
    std::vector<std::uint32_t> targets;  ///< in any order, the same one more than once if need be
    std::vector<double> weights;         ///< none, or one for each target
    std::vector<double> delays;          ///< none, or one for each target, in timesteps
};

/// Base of connectivity written by the user: says row by row which synapses there are.
///
/// Rows that come with weights or delays replace those given to the constructor. Otherwise element
/// k is the k-th synapse of all rows, so that an array holds one value for each in this order.
class RowConnectivity : public SparseBase {
  public:
    /// @param weight constant, array with one value a synapse, initializer or its name.
    /// @param delay the same, in timesteps.
    explicit RowConnectivity(InitValue weight = 1.0, InitValue delay = 0.0);
    /// Fills a row, which is empty. Rows are asked for once each and in order when the network is
    /// compiled, unless they are independent.
    virtual void row(const RowRequest& request, ConnectivityRow& row) const = 0;
    /// Whether each row is a function of the request alone and comes without weights and delays.
    /// Such rows may be asked for at any time and by several threads at once. They also offer the
    /// matrix type PROCEDURAL, and their elements are pre * 2^24 + position in the row.
    virtual bool rows_are_independent() const { return false; }
    std::string name() const override { return "rows"; }
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

  protected:
    RowMaker rule(const Connection& connection) const override;
    bool makes_rows_alone() const override { return rows_are_independent(); }
};

}  // namespace saltus
