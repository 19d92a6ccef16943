#pragma once

#include <saltus/connectivity/sparse_base.hpp>

namespace saltus {

/// Each neuron of the source is connected to the neuron with the same number in the target, which
/// has the same shape. Element i is the synapse of neuron i.
class OneToOne : public SparseBase {
  public:
    /// @param weight constant, array with one value a neuron, initializer or its name.
    /// @param delay the same, in timesteps.
    explicit OneToOne(InitValue weight, InitValue delay = 0.0);
    std::string name() const override { return "one_to_one"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<OneToOne>(*this);
    }
    /// Gives the population without a shape that of the other.
    void connect(Population& source, Population& target) const override;

  protected:
    RowMaker rule(const Connection& connection) const override;
    bool makes_rows_alone() const override { return true; }
    std::optional<std::size_t> num_values(const Connection& connection) const override;
};

}  // namespace saltus
