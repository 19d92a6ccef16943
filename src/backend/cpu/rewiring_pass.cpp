#include "backend/cpu/rewiring_pass.hpp"

#include <utility>

#include "plan/replace_synapses.hpp"

namespace saltus {

void bind_synapses(std::shared_ptr<const SynapseTable> table, std::size_t connection,
                   BoundPlan& bound) {
    BoundConnection& own = bound.connections[connection];
    ConnectionPlan& plan = bound.plan.connections[connection];
    replace_synapses(std::move(table), plan);
    own.matrix = make_sparse_matrix(plan);
    for (std::size_t pre = 0; pre < own.row_lengths.size(); ++pre) {
        own.row_lengths[pre] =
            static_cast<std::uint32_t>(plan.table->row_begin[pre + 1] - plan.table->row_begin[pre]);
    }
}

void RewiringPass::begin() {
    for (DeepRStep<Floats>& step : steps_) {
        BoundConnection& connection = bound_.connections[step.connection()];
        step.begin(*bound_.plan.connections[step.connection()].table, connection.scale,
                   values_of(connection));
    }
}

void RewiringPass::finish(const Batch& batch, NormBounds& norm_bounds, BatchResult& result) {
    for (DeepRStep<Floats>& step : steps_) {
        const std::size_t index = step.connection();
        const ConnectionPlan& plan = bound_.plan.connections[index];
        const Rewired rewired =
            step.finish(*plan.table, batch.update, values_of(bound_.connections[index]));
        result.rewirings.push_back({index, rewired.count, rewired.returned});
        if (rewired.count == 0) continue;
        bind_synapses(rewired.table, index, bound_);
        norm_bounds.regroup(index);
    }
}

}  // namespace saltus
