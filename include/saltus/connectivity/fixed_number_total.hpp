#pragma once

#include <cstddef>

#include <saltus/connectivity/sparse_base.hpp>

namespace saltus {

/// A number of synapses in all, each between a pair of neurons drawn with replacement.
///
/// Where a population is connected to itself, pairs of a neuron with itself are not drawn unless
/// they are allowed. Element k is the k-th synapse drawn. SPARSE only: rows depend on each other.
class FixedNumberTotal : public SparseBase {
  public:
    /// @param number of all synapses.
    /// @param weight constant, array [number], initializer or its name.
    /// @param delay the same, in timesteps.
    FixedNumberTotal(std::size_t number, InitValue weight, InitValue delay = 0.0,
                     bool allow_self_connections = false);
    std::string name() const override { return "fixed_number_total"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<FixedNumberTotal>(*this);
    }
    std::size_t number() const { return number_; }
    bool allow_self_connections() const { return allow_self_connections_; }

  protected:
    RowMaker rule(const Connection& connection) const override;
    std::optional<std::size_t> num_values(const Connection& connection) const override;

  private:
    std::size_t number_;
    bool allow_self_connections_;
};

}  // namespace saltus
