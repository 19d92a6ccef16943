#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/network/connectivity.hpp>

namespace saltus {

/// Connectivity of which only the synapses that exist take part: base of the sparse rules.
///
/// Offers the matrix type SPARSE, and PROCEDURAL where the rule makes each row by itself, there are
/// no indices, and neither weights nor delays are an array. Each synapse has a weight and a delay
/// of its own, named by an element: what an initializer draws for an element, and what an array
/// holds at that position. Both populations need a shape when the network is compiled.
class SparseBase : public Connectivity {
  public:
    /// Source and target neurons of all synapses, in any order. When both are set they replace the
    /// rule: synapse k goes from pre_ind[k] to post_ind[k] and is element k, so that arrays of
    /// weights and delays hold one value for each synapse in this order.
    std::optional<std::vector<std::uint32_t>> pre_ind;
    std::optional<std::vector<std::uint32_t>> post_ind;

    void connect(Population& source, Population& target) const override;
    ConnectivitySnippet get_snippet(
        const Connection& connection,
        const SupportedMatrixType& supported_matrix_type) const override;

  protected:
    using RowMaker = std::function<std::shared_ptr<const SynapseRows>(const RandomStream&)>;

    /// @param where names the class in errors.
    SparseBase(InitValue weight_value, InitValue delay_value, const std::string& where);
    /// Makes the rows when there are no indices.
    virtual RowMaker rule(const Connection& connection) const = 0;
    /// Whether each row of the rule is a function of the seed and its source neuron alone.
    virtual bool makes_rows_alone() const { return false; }
    /// Number of values in an array of weights or delays; nothing when the number of synapses is
    /// not known beforehand.
    virtual std::optional<std::size_t> num_values(const Connection& connection) const;
    /// Whether indices are set. @throws ModelError when only one of the two is, or they differ in
    /// length.
    bool has_indices(const std::string& where) const;

  private:
    RowMaker explicit_rows(const Connection& connection) const;
    void require_array_sizes(const Connection& connection) const;
};

/// Whether synapses of a neuron to itself are to be left out.
bool skips_self_connections(const Connection& connection, bool allow_self_connections);

/// @throws ModelError when the names of that many synapses would not fit into 56 bits.
void require_nameable(const Connection& connection, std::size_t num_pre, std::size_t per_neuron);

}  // namespace saltus
