#include "backend/cpu/gradients.hpp"

#include <algorithm>
#include <utility>

namespace saltus {
namespace {

// Rows whose gradient and optimiser state stay in the first cache level together.
constexpr std::size_t kRowsInCache = 8;
constexpr std::size_t kRowsPerTask = ArrivalSort::kGrain;
static_assert(kRowsPerTask % kRowsInCache == 0);

void update_weights(BoundConnection& connection, const AdamStep& step, std::size_t first,
                    std::size_t count, const float* gradient) {
    kernels::adam(step, count, gradient, connection.m.data() + first, connection.v.data() + first,
                  connection.weight.data() + first);
}

/// The population on whose side of a connection the work is: tasks are in its order, so that the
/// core that runs a part of a population also updates its weights.
std::size_t owner(const ConnectionPlan& plan) {
    return plan.fold ? plan.source : plan.target;
}

}  // namespace

GradientPass::GradientPass(BoundPlan& bound, std::size_t num_parts)
    : bound_(bound), num_parts_(num_parts) {
    const auto& connections = bound_.plan.connections;
    for (std::size_t index = 0; index < connections.size(); ++index) {
        if (connections[index].trainable) add_tasks(index);
    }
    std::stable_sort(tasks_.begin(), tasks_.end(), [&](const Task& a, const Task& b) {
        return owner(connections[a.connection]) < owner(connections[b.connection]);
    });
}

std::size_t GradientPass::arrivals_of(const ConnectionPlan& plan) {
    for (std::size_t index = 0; index < arrivals_.size(); ++index) {
        if (arrivals_[index].is_of(plan.source, plan.delay)) return index;
    }
    arrivals_.emplace_back(bound_.plan, plan.source, plan.delay, num_parts_);
    return arrivals_.size() - 1;
}

void GradientPass::add_tasks(std::size_t connection) {
    const ConnectionPlan& plan = bound_.plan.connections[connection];
    const std::size_t rows = bound_.connections[connection].rows;
    if (plan.fold) {
        tasks_.push_back({connection, 0, 0, rows});
        return;
    }
    const std::size_t arrivals = arrivals_of(plan);
    for (std::size_t row = 0; row < rows; row += kRowsPerTask) {
        tasks_.push_back({connection, arrivals, row, std::min(kRowsPerTask, rows - row)});
    }
}

void GradientPass::run(const Chunk& chunk, std::size_t count, bool first_chunk,
                       const AdamStep* step, const ParallelFor& parallel_for) {
    // The gradient itself is only kept when somebody will read it or add to it.
    const bool keeps = step == nullptr || !first_chunk;
    for (const Task& task : tasks_) {
        BoundConnection& connection = bound_.connections[task.connection];
        if (keeps || bound_.plan.connections[task.connection].fold)
            connection.gradient.resize(connection.weight.size());
    }
    sort(chunk, count, parallel_for);
    parallel_for(tasks_.size(), [&](std::size_t begin, std::size_t end, Worker& worker) {
        for (std::size_t index = begin; index < end; ++index) {
            const Task& task = tasks_[index];
            if (bound_.plan.connections[task.connection].fold) {
                run_folded(task, chunk, count, first_chunk, step);
            } else {
                run_rows(task, chunk, first_chunk, step, worker);
            }
        }
    });
}

void GradientPass::sort(const Chunk& chunk, std::size_t count, const ParallelFor& parallel_for) {
    std::vector<std::pair<ArrivalSort*, std::size_t>> parts;
    for (ArrivalSort& arrivals : arrivals_) {
        for (std::size_t part = 0; part < arrivals.num_parts(); ++part)
            parts.emplace_back(&arrivals, part);
    }
    parallel_for(parts.size(), [&](std::size_t begin, std::size_t end, Worker&) {
        for (std::size_t index = begin; index < end; ++index)
            parts[index].first->sort(chunk, count, parts[index].second);
    });
}

void GradientPass::run_rows(const Task& task, const Chunk& chunk, bool first_chunk,
                            const AdamStep* step, Worker& worker) {
    const ConnectionPlan& plan = bound_.plan.connections[task.connection];
    BoundConnection& connection = bound_.connections[task.connection];
    const bool keeps = step == nullptr || !first_chunk;
    const Floats& table = chunk.arrivals[plan.target][plan.group];
    const std::size_t stride = connection.stride;
    worker.gradient_rows.resize(std::max(worker.gradient_rows.size(), kRowsInCache * stride));
    for (std::size_t done = 0; done < task.num_rows; done += kRowsInCache) {
        const std::size_t row = task.first_row + done;
        const std::size_t rows = std::min(kRowsInCache, task.num_rows - done);
        const std::size_t first = row * stride;
        float* gradient = keeps ? connection.gradient.data() + first : worker.gradient_rows.data();
        arrivals_[task.arrivals].sum_rows(table, stride, row, rows, !first_chunk, gradient);
        if (step) update_weights(connection, *step, first, rows * stride, gradient);
    }
}

void GradientPass::run_folded(const Task& task, const Chunk& chunk, std::size_t count,
                              bool first_chunk, const AdamStep* step) {
    const ConnectionPlan& plan = bound_.plan.connections[task.connection];
    BoundConnection& connection = bound_.connections[task.connection];
    if (first_chunk) std::fill(connection.gradient.begin(), connection.gradient.end(), 0.0F);
    for (std::size_t slot = 0; slot < count; ++slot) {
        const BoundPopulation& source = bound_.populations[plan.source];
        const std::size_t row = slot * source.num_folds + plan.fold_index;
        kernels::add_outer(chunk.slopes[plan.target].data() + slot * connection.columns,
                           chunk.fold_sums[plan.source].data() + row * source.padded,
                           connection.stride, connection.columns, connection.gradient.data());
    }
    if (step)
        update_weights(connection, *step, 0, connection.weight.size(), connection.gradient.data());
}

}  // namespace saltus
