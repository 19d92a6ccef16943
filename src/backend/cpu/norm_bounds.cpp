#include "backend/cpu/norm_bounds.hpp"

#include <algorithm>
#include <cmath>

#include "backend/cpu/profiler.hpp"
#include "connectivity/dense_rows.hpp"
#include "plan/constrain_weights.hpp"

namespace saltus {
namespace {

// Columns whose sums stay in the first cache level.
constexpr std::size_t kColumnsPerTask = 256;

void add_squares(const float* weights, std::size_t count, double* sums) {
    for (std::size_t k = 0; k < count; ++k)
        sums[k] += static_cast<double>(weights[k]) * static_cast<double>(weights[k]);
}

void multiply(const float* factors, std::size_t count, float* weights) {
    for (std::size_t k = 0; k < count; ++k)
        weights[k] *= factors[k];
}

}  // namespace

NormBounds::NormBounds(const Plan& original, const SplitPlan& split, BoundPlan& bound)
    : split_(split), bound_(bound) {
    for (std::size_t index = 0; index < original.connections.size(); ++index) {
        const ConnectionPlan& connection = original.connections[index];
        if (!connection.constraint.bounds_norm()) continue;
        Limited limited;
        limited.original = index;
        limited.max_norm = connection.constraint.max_norm;
        limited.is_whole = connection.constraint.norm_of == NormOf::kConnection;
        limited.is_matrix = dynamic_cast<const DenseRows*>(connection.rows.get()) != nullptr;
        std::size_t columns = 1;
        if (limited.is_matrix) {
            columns = connection.num_post;
        } else {
            limited.groups = norm_groups(connection);
            for (const std::uint32_t group : limited.groups)
                columns = std::max<std::size_t>(columns, group + 1);
            // Others may come.
            if (connection.rewiring) columns = std::max(columns, connection.num_post);
        }
        limited.squares.resize(columns);
        limited.factors.resize(columns);
        const std::size_t width = limited.is_matrix ? kColumnsPerTask : columns;
        for (std::size_t first = 0; first < columns; first += width)
            tasks_.push_back({limited_.size(), first, std::min(width, columns - first)});
        limited_.push_back(std::move(limited));
    }
}

void NormBounds::regroup(std::size_t original) {
    for (Limited& limited : limited_) {
        if (limited.original != original || limited.is_matrix) continue;
        const std::size_t part = split_.blocks[original].front().connection;
        limited.groups = norm_groups(bound_.plan.connections[part]);
    }
}

/// Calls visit(first, weights, count) for runs of weights in memory, of consecutive columns or of
/// one group; the weights of each column or group come in their order.
template <class Visit>
void NormBounds::for_each_run(const Limited& limited, const Task& task, const Visit& visit) {
    for (const Block& block : split_.blocks[limited.original]) {
        BoundConnection& connection = bound_.connections[block.connection];
        float* const weights = connection.weight.data();
        if (!limited.is_matrix) {
            for (std::size_t k = 0; k < limited.groups.size(); ++k)
                visit(limited.groups[k], weights + connection.matrix->place(k), 1);
            continue;
        }
        const std::size_t begin = std::max(task.first, block.first_column);
        const std::size_t end =
            std::min(task.first + task.count, block.first_column + connection.columns);
        if (begin >= end) continue;
        const std::size_t at = begin - block.first_column;
        if (connection.gradient_kind == GradientKind::kRows && !connection.relay) {
            for (std::size_t row = 0; row < connection.rows; ++row)
                visit(begin, weights + row * connection.stride + at, end - begin);
            continue;
        }
        for (std::size_t column = begin; column < end; ++column) {
            for (std::size_t row = 0; row < connection.rows; ++row)
                visit(column, weights + connection.place(row, column - block.first_column), 1);
        }
    }
}

void NormBounds::find_factors(Limited& limited) const {
    // All parts of a connection have the same scale.
    const std::size_t part = split_.blocks[limited.original].front().connection;
    const double most = limited.max_norm * std::abs(bound_.connections[part].scale);
    if (limited.is_whole) {
        double sum = 0.0;
        for (const double square : limited.squares)
            sum += square;
        std::fill(limited.squares.begin(), limited.squares.end(), sum);
    }
    for (std::size_t k = 0; k < limited.squares.size(); ++k) {
        const double norm = std::sqrt(limited.squares[k]);
        limited.factors[k] = norm > most ? static_cast<float>(most / norm) : 1.0F;
    }
}

void NormBounds::apply(const ParallelFor& parallel_for) {
    if (tasks_.empty()) return;
    const auto run = [&](const auto& body) {
        parallel_for(tasks_.size(), [&](std::size_t begin, std::size_t end, Worker& worker) {
            for (std::size_t index = begin; index < end; ++index) {
                Limited& limited = limited_[tasks_[index].limited];
                const std::size_t part = split_.blocks[limited.original].front().connection;
                const TimedPass time(worker.accounts.get(), PassKind::kOptimise, part);
                body(tasks_[index], limited);
            }
        });
    };
    run([&](const Task& task, Limited& limited) {
        std::fill_n(limited.squares.data() + task.first, task.count, 0.0);
        for_each_run(limited, task, [&](std::size_t k, const float* weights, std::size_t count) {
            add_squares(weights, count, limited.squares.data() + k);
        });
    });
    for (Limited& limited : limited_)
        find_factors(limited);
    run([&](const Task& task, Limited& limited) {
        const float* const first = limited.factors.data() + task.first;
        if (std::all_of(first, first + task.count, [](float factor) { return factor == 1.0F; }))
            return;
        for_each_run(limited, task, [&](std::size_t k, float* weights, std::size_t count) {
            multiply(limited.factors.data() + k, count, weights);
        });
    });
}

}  // namespace saltus
