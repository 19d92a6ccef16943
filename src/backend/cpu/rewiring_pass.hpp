#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "backend/cpu/bound_plan.hpp"
#include "backend/cpu/norm_bounds.hpp"
#include "backend/deep_r_step.hpp"

namespace saltus {

/// Puts other synapses in the place of those of a connection with a sparse matrix of its own
/// weights, which stay where they are.
void bind_synapses(std::shared_ptr<const SynapseTable> table, std::size_t connection,
                   BoundPlan& bound);

/// Rewires connections around the update of a batch (Deep-R). Such a plan is never cut, so that its
/// connections are those of the user's.
class RewiringPass {
  public:
    explicit RewiringPass(BoundPlan& bound)
        : bound_(bound), steps_(deep_r_steps<Floats>(bound.plan)) {}

    /// When the gradients of a batch are complete.
    void begin();
    /// When all weights are updated.
    void finish(const Batch& batch, NormBounds& norm_bounds, BatchResult& result);

  private:
    static SynapseValues<Floats> values_of(BoundConnection& connection) {
        return {connection.weight, connection.gradient, connection.m, connection.v};
    }

    BoundPlan& bound_;
    std::vector<DeepRStep<Floats>> steps_;
};

}  // namespace saltus
