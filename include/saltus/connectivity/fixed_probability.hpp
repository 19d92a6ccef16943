#pragma once

#include <saltus/connectivity/sparse_base.hpp>

namespace saltus {

/// Each pair of neurons is connected with the same probability, independently of all others.
///
/// The target after j in a row is j + 1 + floor(log(U) / log(1 - p)) with U uniform in (0, 1].
/// Where a population is connected to itself, pairs of a neuron with itself are left out unless
/// they are allowed; all others keep their probability. Element pre * (target size) + post.
class FixedProbability : public SparseBase {
  public:
    /// @param p probability, from 0 to 1.
    /// @param weight constant, initializer or its name; an array only together with indices.
    /// @param delay the same, in timesteps.
    FixedProbability(double p, InitValue weight, bool allow_self_connections = false,
                     InitValue delay = 0.0);
    std::string name() const override { return "fixed_probability"; }
    std::unique_ptr<Connectivity> clone() const override {
        return std::make_unique<FixedProbability>(*this);
    }
    double p() const { return p_; }
    bool allow_self_connections() const { return allow_self_connections_; }

  protected:
    RowMaker rule(const Connection& connection) const override;
    bool makes_rows_alone() const override { return true; }

  private:
    double p_;
    bool allow_self_connections_;
};

}  // namespace saltus
