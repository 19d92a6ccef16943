#include "backend/cpu/gradients.hpp"

#include <algorithm>
#include <utility>

#include "backend/cpu/profiler.hpp"
#include "kernels/cpu/update.hpp"

namespace saltus {
namespace {

// Rows whose gradient and optimiser state stay in the first cache level together.
constexpr std::size_t kRowsInCache = 8;
constexpr std::size_t kRowsPerTask = ArrivalSort::kGrain;
static_assert(kRowsPerTask % kRowsInCache == 0);
// Tables of adjoints from which rows are summed, so that they stay in the second cache level.
constexpr std::size_t kTableBytes = std::size_t{1024} * 1024;
// Floats of weights that are updated at a time.
constexpr std::size_t kWeightsPerTask = std::size_t{16} * 1024;

/// @param gradient of `count` weights from `first` on, complete; it is spoilt.
void update_weights(BoundConnection& connection, const UpdateStep& step, std::size_t first,
                    std::size_t count, float* gradient) {
    // The optimiser sees the user's weights; ours are `scale` times as large.
    UpdateStep own = step.scaled(connection.scale);
    own.gradient_factor *= connection.scale;
    if (step.clips_value()) {
        kernels::scale_and_clip(static_cast<float>(own.gradient_factor),
                                static_cast<float>(step.clip_value), count, gradient);
        own.gradient_factor = 1.0;
    }
    kernels::update(own, count, gradient, connection.m.data() + first, connection.v.data() + first,
                    connection.weight.data() + first, connection.range);
}

/// The population on whose side of a connection the work is: tasks are in its order, so that the
/// core that runs a part of a population also updates its weights.
std::size_t owner(const ConnectionPlan& plan) {
    return plan.fold ? plan.source : plan.target;
}

}  // namespace

GradientPass::GradientPass(BoundPlan& bound, const SplitPlan& split, std::size_t num_parts)
    : bound_(bound), num_parts_(num_parts), norm_(bound, split) {
    const auto& connections = bound_.plan.connections;
    for (std::size_t index = 0; index < connections.size(); ++index) {
        if (connections[index].trainable) add_tasks(index);
    }
    std::stable_sort(tasks_.begin(), tasks_.end(), [&](const Task& a, const Task& b) {
        return owner(connections[a.connection]) < owner(connections[b.connection]);
    });
    for (const Task& task : tasks_) {
        const bool of_rows =
            bound_.connections[task.connection].gradient_kind == GradientKind::kRows;
        (of_rows ? row_tasks_ : other_tasks_).push_back(task);
    }
}

std::size_t GradientPass::examples_in_cache() const {
    std::size_t bytes = 1;
    for (const Task& task : row_tasks_) {
        const std::size_t target = bound_.plan.connections[task.connection].target;
        const BoundPopulation& population = bound_.populations[target];
        bytes = std::max(bytes, (population.mirrors_arrivals ? 2 : 1) * bound_.plan.num_steps *
                                    population.padded * sizeof(float));
    }
    return std::max<std::size_t>(1, kTableBytes / bytes);
}

std::size_t GradientPass::arrivals_of(std::size_t connection) {
    const ConnectionPlan& plan = bound_.plan.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    SpikeSource source{plan.source, {}, bound.num_matrix_rows(plan.num_pre), lag_of(plan)};
    source.is_signed = bound_.plan.populations[plan.source].signed_spikes;
    if (bound.relay) source.relayed_by = connection;
    for (std::size_t index = 0; index < arrivals_.size(); ++index) {
        if (arrivals_[index].is_of(source)) return index;
    }
    // Relayed spikes are not in the order of their rows, by which parts are found.
    arrivals_.emplace_back(source, bound_.plan.num_steps, bound.relay ? 1 : num_parts_);
    sorted_for_.push_back(connection);
    return arrivals_.size() - 1;
}

void GradientPass::add_tasks(std::size_t connection) {
    const ConnectionPlan& plan = bound_.plan.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    const auto cut = [&](std::vector<Task>& tasks, std::size_t arrivals, std::size_t total,
                         std::size_t part) {
        for (std::size_t first = 0; first < total; first += part)
            tasks.push_back({connection, arrivals, first, std::min(part, total - first)});
    };
    if (bound.sums_in_backward_pass) {
        cut(finishing_, 0, bound.weight.size(), kWeightsPerTask);
        return;
    }
    switch (bound.gradient_kind) {
        case GradientKind::kFolded:
            tasks_.push_back({connection, 0, 0, bound.columns});
            return;
        case GradientKind::kRows:
            cut(tasks_, arrivals_of(connection), bound.num_matrix_rows(plan.num_pre), kRowsPerTask);
            return;
        case GradientKind::kSparse:
        case GradientKind::kDelayed:
            cut(tasks_, arrivals_of(connection), bound.num_matrix_rows(plan.num_pre), kRowsPerTask);
            break;
        case GradientKind::kShared:
            break;  // never here
    }
    cut(finishing_, 0, bound.weight.size(), kWeightsPerTask);
}

void GradientPass::size_gradients(bool first_chunk, bool keeps) {
    for (std::size_t index = 0; index < bound_.connections.size(); ++index) {
        BoundConnection& connection = bound_.connections[index];
        if (!bound_.plan.connections[index].trainable) continue;
        const bool is_summed_later =
            connection.gradient_kind != GradientKind::kRows || connection.sums_in_backward_pass;
        if (keeps || is_summed_later) connection.gradient.resize(connection.weight.size());
        if (first_chunk && is_summed_later) {
            std::fill(connection.gradient.begin(), connection.gradient.end(), 0.0F);
        }
    }
}

void GradientPass::run(const Chunk& chunk, std::size_t count, bool first_chunk,
                       const UpdateStep* step, const ParallelFor& parallel_for,
                       const std::function<void()>& before_update) {
    if (step != nullptr && step->clips_norm()) {
        // No weight may be updated before all gradients are there.
        run(chunk, count, first_chunk, nullptr, parallel_for);
        before_update();
        update_all(*step, parallel_for);
        return;
    }
    const std::size_t group = examples_in_cache();
    const bool in_groups = group < count && !row_tasks_.empty();
    // The gradient itself is only kept when somebody will read it or add to it.
    const bool keeps = step == nullptr || !first_chunk || in_groups;
    size_gradients(first_chunk, keeps);
    if (first_chunk) clear_delay_gradients();
    if (in_groups) {
        run_rows_in_groups(chunk, count, group, first_chunk, step, parallel_for);
        if (!other_tasks_.empty()) {
            sort(chunk, {0, count}, parallel_for);
            run_tasks(other_tasks_, chunk, {0, count}, first_chunk, keeps, step, parallel_for);
        }
    } else {
        sort(chunk, {0, count}, parallel_for);
        run_tasks(tasks_, chunk, {0, count}, first_chunk, keeps, step, parallel_for);
    }
    if (finishing_.empty()) return;
    if (step != nullptr) before_update();
    parallel_for(finishing_.size(), [&](std::size_t begin, std::size_t end, Worker& worker) {
        for (std::size_t index = begin; index < end; ++index)
            finish_weights(finishing_[index], chunk, count, step, worker);
    });
}

void GradientPass::update_all(const UpdateStep& step, const ParallelFor& parallel_for) {
    UpdateStep clipped = step;
    if (step.clips_norm()) {
        const double norm = norm_.compute(parallel_for);
        if (norm > step.clip_norm) clipped.gradient_factor = step.clip_norm / norm;
    }
    const auto run_all = [&](const std::vector<Task>& tasks, const auto& weights_of) {
        parallel_for(tasks.size(), [&](std::size_t begin, std::size_t end, Worker& worker) {
            for (std::size_t index = begin; index < end; ++index) {
                const Task& task = tasks[index];
                BoundConnection& connection = bound_.connections[task.connection];
                const auto [first, count] = weights_of(task, connection);
                if (count == 0) continue;
                update(task, clipped, first, count, connection.gradient.data() + first, worker);
            }
        });
    };
    using Range = std::pair<std::size_t, std::size_t>;
    run_all(tasks_, [](const Task& task, const BoundConnection& connection) {
        switch (connection.gradient_kind) {
            case GradientKind::kRows:
                return Range{task.first * connection.stride, task.count * connection.stride};
            case GradientKind::kFolded:
                return Range{0, connection.weight.size()};
            default:
                return Range{0, 0};  // among those to be finished
        }
    });
    run_all(finishing_, [](const Task& task, const BoundConnection&) {
        return Range{task.first, task.count};
    });
}

void GradientPass::run_rows_in_groups(const Chunk& chunk, std::size_t count, std::size_t group,
                                      bool first_chunk, const UpdateStep* step,
                                      const ParallelFor& parallel_for) {
    for (std::size_t first = 0; first < count; first += group) {
        const std::size_t examples = std::min(group, count - first);
        sort(chunk, {first, examples}, parallel_for);
        const bool is_last = first + examples == count;
        run_tasks(row_tasks_, chunk, {first, examples}, first_chunk && first == 0, true,
                  is_last ? step : nullptr, parallel_for);
    }
}

void GradientPass::run_tasks(const std::vector<Task>& tasks, const Chunk& chunk, SlotRange slots,
                             bool overwrites, bool keeps, const UpdateStep* step,
                             const ParallelFor& parallel_for) {
    parallel_for(tasks.size(), [&](std::size_t begin, std::size_t end, Worker& worker) {
        for (std::size_t index = begin; index < end; ++index) {
            const Task& task = tasks[index];
            if (worker.accounts && task.first == 0 &&
                bound_.connections[task.connection].gradient_kind != GradientKind::kFolded) {
                worker.accounts->of(PassKind::kGradient, task.connection).events +=
                    count_chunk_events(task.connection, chunk, slots);
            }
            switch (bound_.connections[task.connection].gradient_kind) {
                case GradientKind::kRows:
                    run_dense_rows(task, chunk, overwrites, keeps, step, worker);
                    break;
                case GradientKind::kFolded:
                    run_folded(task, chunk, slots.count, step, worker);
                    break;
                case GradientKind::kSparse:
                    run_sparse_rows(task, chunk, worker);
                    break;
                case GradientKind::kDelayed:
                    run_delayed_rows(task, chunk, worker);
                    break;
                case GradientKind::kShared:
                    break;  // summed in the backward pass
            }
        }
    });
}

void GradientPass::sort(const Chunk& chunk, SlotRange slots, const ParallelFor& parallel_for) {
    std::vector<std::pair<std::size_t, std::size_t>> parts;  // arrivals, part of them
    for (std::size_t arrivals = 0; arrivals < arrivals_.size(); ++arrivals) {
        for (std::size_t part = 0; part < arrivals_[arrivals].num_parts(); ++part)
            parts.emplace_back(arrivals, part);
    }
    if (parts.empty()) return;
    parallel_for(parts.size(), [&](std::size_t begin, std::size_t end, Worker& worker) {
        for (std::size_t index = begin; index < end; ++index) {
            const auto [arrivals, part] = parts[index];
            const TimedPass time(worker.accounts.get(), PassKind::kGradient, sorted_for_[arrivals]);
            arrivals_[arrivals].sort(chunk, slots, part);
        }
    });
}

void GradientPass::run_dense_rows(const Task& task, const Chunk& chunk, bool overwrites, bool keeps,
                                  const UpdateStep* step, Worker& worker) {
    const ConnectionPlan& plan = bound_.plan.connections[task.connection];
    BoundConnection& connection = bound_.connections[task.connection];
    const Floats& table = chunk.arrivals[plan.target][plan.group];
    const std::size_t stride = connection.stride;
    worker.gradient_rows.resize(std::max(worker.gradient_rows.size(), kRowsInCache * stride));
    for (std::size_t done = 0; done < task.count; done += kRowsInCache) {
        const std::size_t row = task.first + done;
        const std::size_t rows = std::min(kRowsInCache, task.count - done);
        const std::size_t first = row * stride;
        float* gradient = keeps ? connection.gradient.data() + first : worker.gradient_rows.data();
        {
            const TimedPass time(worker.accounts.get(), PassKind::kGradient, task.connection);
            arrivals_[task.arrivals].sum_rows(table, stride, row, rows, !overwrites, gradient);
        }
        if (step) update(task, *step, first, rows * stride, gradient, worker);
    }
}

void GradientPass::run_sparse_rows(const Task& task, const Chunk& chunk, Worker& worker) {
    const TimedPass time(worker.accounts.get(), PassKind::kGradient, task.connection);
    const ConnectionPlan& plan = bound_.plan.connections[task.connection];
    BoundConnection& connection = bound_.connections[task.connection];
    const float* const table = chunk.arrivals[plan.target][plan.group].data();
    const std::size_t padded = bound_.populations[plan.target].padded;
    arrivals_[task.arrivals].for_each(
        task.first, task.count, [&](std::size_t row, std::size_t arrival) {
            connection.matrix->add_gradient(static_cast<std::uint32_t>(row),
                                            table + arrival * padded, connection.gradient.data());
        });
}

void GradientPass::finish_weights(const Task& task, const Chunk& chunk, std::size_t count,
                                  const UpdateStep* step, Worker& worker) {
    BoundConnection& connection = bound_.connections[task.connection];
    float* const gradient = connection.gradient.data() + task.first;
    if (connection.sums_in_backward_pass) {
        const TimedPass time(worker.accounts.get(), PassKind::kGradient, task.connection);
        const float* part = chunk.slot_gradients[task.connection].data() + task.first;
        for (std::size_t slot = 0; slot < count; ++slot, part += connection.weight.size()) {
            for (std::size_t k = 0; k < task.count; ++k)
                gradient[k] += part[k];
        }
    }
    if (step) update(task, *step, task.first, task.count, gradient, worker);
}

void GradientPass::run_folded(const Task& task, const Chunk& chunk, std::size_t count,
                              const UpdateStep* step, Worker& worker) {
    const ConnectionPlan& plan = bound_.plan.connections[task.connection];
    BoundConnection& connection = bound_.connections[task.connection];
    {
        const TimedPass time(worker.accounts.get(), PassKind::kFoldGradient, task.connection,
                             count * plan.num_weights());
        add_folded(task.connection, chunk, count);
    }
    if (step) update(task, *step, 0, connection.weight.size(), connection.gradient.data(), worker);
}

void GradientPass::add_folded(std::size_t index, const Chunk& chunk, std::size_t count) {
    const ConnectionPlan& plan = bound_.plan.connections[index];
    BoundConnection& connection = bound_.connections[index];
    for (std::size_t slot = 0; slot < count; ++slot) {
        const BoundPopulation& source = bound_.populations[plan.source];
        const std::size_t row = slot * source.num_folds + plan.fold_index;
        kernels::add_outer(chunk.slopes[plan.target].data() + slot * connection.columns,
                           chunk.fold_sums[plan.source].data() + row * source.padded,
                           connection.stride, connection.columns, connection.gradient.data());
    }
}

void GradientPass::update(const Task& task, const UpdateStep& step, std::size_t first,
                          std::size_t count, float* gradient, Worker& worker) {
    BoundConnection& connection = bound_.connections[task.connection];
    const bool has_padding = connection.gradient_kind == GradientKind::kRows;
    const std::size_t columns = bound_.plan.connections[task.connection].num_post;
    const std::size_t weights = has_padding ? count / connection.stride * columns : count;
    const TimedPass time(worker.accounts.get(), PassKind::kOptimise, task.connection, weights);
    update_weights(connection, step, first, count, gradient);
}

std::uint64_t GradientPass::count_chunk_events(std::size_t connection, const Chunk& chunk,
                                               SlotRange slots) const {
    const ConnectionPlan& plan = bound_.plan.connections[connection];
    const std::size_t lag = lag_of(plan);
    if (lag >= bound_.plan.num_steps) return 0;
    std::uint64_t events = 0;
    for (std::size_t slot = slots.first; slot < slots.first + slots.count; ++slot) {
        const auto count_of = [&](const SpikeList& spikes) {
            return count_events(bound_.connections[connection], spikes, 0,
                                bound_.plan.num_steps - lag);
        };
        events += count_of(chunk.slots[slot].spikes[plan.source]);
        if (bound_.plan.populations[plan.source].signed_spikes)
            events += count_of(chunk.slots[slot].negative[plan.source]);
    }
    return events;
}

}  // namespace saltus
