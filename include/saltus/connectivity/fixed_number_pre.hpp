#pragma once

#include <cstddef>

#include <saltus/connectivity/sparse_base.hpp>

namespace saltus {

/// Each neuron of the target has the same number of synapses, from sources drawn with replacement.
///
/// Where a population is connected to itself, no neuron is drawn for itself unless that is allowed.
/// Element post * number + slot, with slots in the order in which sources are drawn. SPARSE only:
/// rows depend on each other.
class FixedNumberPre : public SparseBase {
  public:
    /// @param number synapses of each target neuron.
    /// @param weight constant, array [target size, number], initializer or its name.
    /// @param delay the same, in timesteps.
    FixedNumberPre(std::size_t number, InitValue weight, InitValue delay = 0.0,
                   bool allow_self_connections = false);
    std::string name() const override { return "fixed_number_pre"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<FixedNumberPre>(*this);
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
