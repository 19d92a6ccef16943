#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <saltus/connectivity/sparse_base.hpp>

namespace saltus {

/// The synapses of a list. Element k is the k-th of the list, so that arrays of weights and delays
/// hold one value for each in the list's order.
class Sparse : public SparseBase {
  public:
    /// Synapse k goes from pre[k] to post[k].
    /// @param weight constant, array with one value a synapse, initializer or its name.
    /// @param delay the same, in timesteps.
    static Sparse from_coo(std::vector<std::uint32_t> pre, std::vector<std::uint32_t> post,
                           InitValue weight, InitValue delay = 0.0);
    /// Synapses row_begin[i] up to row_begin[i + 1] belong to source neuron i.
    /// @param row_begin [source size + 1], from 0 to the number of synapses.
    /// @param post target of each synapse; @param weight, delay as above.
    static Sparse from_csr(const std::vector<std::size_t>& row_begin,
                           std::vector<std::uint32_t> post, InitValue weight,
                           InitValue delay = 0.0);
    std::string name() const override { return "sparse"; }
    std::unique_ptr<Connectivity> clone() const override { return std::make_unique<Sparse>(*this); }
    /// Compressed rows give a source without a shape theirs.
    void connect(Population& source, Population& target) const override;

  protected:
    RowMaker rule(const Connection& connection) const override;

  private:
    Sparse(InitValue weight_value, InitValue delay_value);

    std::optional<std::size_t> num_rows_;
};

}  // namespace saltus
