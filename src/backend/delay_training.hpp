#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <saltus/optimisers/update_step.hpp>
#include <saltus/plan/plan.hpp>

#include "backend/program.hpp"

namespace saltus {

/// The learned delays of all connections, whatever the backend: their values in timesteps,
/// gradients and what the optimiser keeps, in float64. Backends sum up gradients, and look at the
/// values when they have changed.
class DelayTraining {
  public:
    explicit DelayTraining(const Plan& plan);

    /// Connections with learned delays.
    const std::vector<std::size_t>& connections() const { return connections_; }
    const ParameterState& state(std::size_t connection) const { return states_[connection]; }
    void set_state(std::size_t connection, const ParameterState& state) {
        states_[connection] = state;
    }
    /// Where a backend leaves the gradients of the batch per timestep.
    std::vector<double>& gradient(std::size_t connection) { return states_[connection].gradient; }
    /// Notes gradients that are no numbers, or too great.
    void watch(BatchResult& result) const;
    /// Updates some delays of a connection and keeps them within their bounds.
    void update(const UpdateStep& step, std::size_t connection, std::size_t first,
                std::size_t count);
    /// Updates all delays.
    void update(const UpdateStep& step);

    /// The timesteps that a delay takes on the grid.
    static std::uint32_t steps_of(double delay);
    /// Those of a connection, by weight.
    std::vector<std::uint32_t> steps(std::size_t connection) const;

  private:
    std::vector<std::size_t> connections_;
    // By connection; empty for those without learned delays.
    std::vector<ParameterState> states_;
    std::vector<std::string> names_;
    std::vector<WeightConstraint> bounds_;
};

}  // namespace saltus
