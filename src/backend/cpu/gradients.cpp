#include "backend/cpu/gradients.hpp"

#include <algorithm>

namespace saltus {
namespace {

// Rows whose gradient and optimiser state stay in the first cache level together.
constexpr std::size_t kRowsInCache = 8;

void update_weights(BoundConnection& connection, const AdamStep& step, std::size_t first,
                    std::size_t count, const float* gradient) {
    kernels::adam(step, count, gradient, connection.m.data() + first, connection.v.data() + first,
                  connection.weight.data() + first);
}

}  // namespace

void GradientPass::run(std::size_t index, BoundConnection& connection, const Chunk& chunk,
                       std::size_t count, bool first_chunk, const AdamStep* step,
                       const ParallelFor& parallel_for) {
    const ConnectionPlan& plan = bound_.plan.connections[index];
    // The gradient itself is only kept when somebody will read it or add to it.
    const bool keeps = step == nullptr || !first_chunk;
    if (plan.fold || keeps) connection.gradient.resize(connection.weight.size());
    if (plan.fold) {
        run_folded(plan, connection, chunk, count, first_chunk, step);
        return;
    }
    arrivals_.run(plan, chunk, count, bound_.plan.num_steps, num_parts_, parallel_for);
    run_rows(plan, connection, chunk, first_chunk, step, parallel_for);
}

void GradientPass::run_rows(const ConnectionPlan& plan, BoundConnection& connection,
                            const Chunk& chunk, bool first_chunk, const AdamStep* step,
                            const ParallelFor& parallel_for) {
    const bool keeps = step == nullptr || !first_chunk;
    const Floats& table = chunk.arrivals[plan.target][plan.group];
    const std::size_t stride = connection.stride;
    parallel_for(
        connection.rows, kRowsInCache * 8, [&](std::size_t begin, std::size_t end, Worker& worker) {
            worker.gradient_rows.resize(kRowsInCache * stride);
            for (std::size_t row = begin; row < end; row += kRowsInCache) {
                const std::size_t rows = std::min(kRowsInCache, end - row);
                const std::size_t first = row * stride;
                float* gradient =
                    keeps ? connection.gradient.data() + first : worker.gradient_rows.data();
                arrivals_.sum_rows(table, stride, row, rows, !first_chunk, gradient);
                if (step) update_weights(connection, *step, first, rows * stride, gradient);
            }
        });
}

void GradientPass::run_folded(const ConnectionPlan& plan, BoundConnection& connection,
                              const Chunk& chunk, std::size_t count, bool first_chunk,
                              const AdamStep* step) {
    if (first_chunk) std::fill(connection.gradient.begin(), connection.gradient.end(), 0.0F);
    for (std::size_t slot = 0; slot < count; ++slot) {
        const ExampleSlot& example = chunk.slots[slot];
        kernels::add_outer(
            example.readout_slopes[plan.target].data(),
            example.fold_sums[plan.source].data() + plan.fold_index * connection.stride,
            connection.stride, connection.columns, connection.gradient.data());
    }
    if (step)
        update_weights(connection, *step, 0, connection.weight.size(), connection.gradient.data());
}

}  // namespace saltus
