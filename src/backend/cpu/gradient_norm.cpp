#include "backend/cpu/gradient_norm.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/cpu/update.hpp"

namespace saltus {
namespace {

constexpr std::size_t kRowsPerTask = 64;
constexpr std::size_t kBlock = kernels::kSumBlock;

std::size_t num_blocks(std::size_t count) {
    return (count + kBlock - 1) / kBlock;
}

/// Rows and columns of a gradient as it is kept: folded ones transposed, and those that are no
/// matrix as one row of weights.
struct Extents {
    std::size_t rows;
    std::size_t columns;
};

bool is_matrix(const BoundConnection& connection) {
    if (connection.gradient_kind == GradientKind::kFolded) return true;
    // A dense matrix behind a relay is numbered in one dimension.
    return connection.gradient_kind == GradientKind::kRows &&
           connection.columns <= connection.stride;
}

Extents extents_of(const BoundConnection& connection) {
    if (!is_matrix(connection)) return {1, connection.rows * connection.columns};
    if (connection.gradient_kind == GradientKind::kRows)
        return {connection.rows, connection.columns};
    return {connection.columns, connection.rows};
}

}  // namespace

GradientNorm::GradientNorm(const BoundPlan& bound, const SplitPlan& split)
    : bound_(bound), sums_(split.blocks.size()) {
    for (std::size_t original = 0; original < split.blocks.size(); ++original) {
        first_part_.push_back(split.blocks[original].front().connection);
        if (bound.plan.connections[first_part_.back()].trainable) add_tasks(split, original);
    }
}

void GradientNorm::add_tasks(const SplitPlan& split, std::size_t original) {
    const auto place_of = [&](const Block& block) {
        const bool is_folded =
            bound_.connections[block.connection].gradient_kind == GradientKind::kFolded;
        return is_folded ? Extents{block.first_column, block.first_row}
                         : Extents{block.first_row, block.first_column};
    };
    // The whole matrix ends where its last part does.
    const Block& last = split.blocks[original].back();
    const Extents end = extents_of(bound_.connections[last.connection]);
    const std::size_t sums_per_row = num_blocks(place_of(last).columns + end.columns);
    sums_[original].resize((place_of(last).rows + end.rows) * sums_per_row);
    for (const Block& block : split.blocks[original]) {
        // Parts begin with whole blocks.
        const Extents place = place_of(block);
        add_rows(block.connection, original, extents_of(bound_.connections[block.connection]).rows,
                 place.rows * sums_per_row + place.columns / kBlock, sums_per_row);
    }
}

void GradientNorm::add_rows(std::size_t connection, std::size_t original, std::size_t num_rows,
                            std::size_t first_sum, std::size_t sums_per_row) {
    for (std::size_t row = 0; row < num_rows; row += kRowsPerTask) {
        tasks_.push_back({connection, row, std::min(kRowsPerTask, num_rows - row), original,
                          first_sum + row * sums_per_row, sums_per_row});
    }
}

double GradientNorm::compute(const ParallelFor& parallel_for) {
    parallel_for(tasks_.size(), [&](std::size_t begin, std::size_t end, Worker&) {
        for (std::size_t index = begin; index < end; ++index)
            run(tasks_[index]);
    });
    double total = 0.0;
    for (std::size_t original = 0; original < sums_.size(); ++original) {
        double sum = 0.0;
        for (const double part : sums_[original])
            sum += part;
        const double scale = bound_.connections[first_part_[original]].scale;
        total += scale * scale * sum;
    }
    return std::sqrt(total);
}

void GradientNorm::run(const Task& task) {
    const BoundConnection& connection = bound_.connections[task.connection];
    const std::size_t columns = extents_of(connection).columns;
    const bool has_rows = is_matrix(connection);
    for (std::size_t row = 0; row < task.num_rows; ++row) {
        double* sums = sums_[task.original].data() + task.first_sum + row * task.sums_per_row;
        const float* gradient = connection.gradient.data();
        if (has_rows) gradient += (task.first_row + row) * connection.stride;
        for (std::size_t first = 0; first < columns; first += kBlock, ++sums) {
            const std::size_t count = std::min(kBlock, columns - first);
            if (has_rows) {
                *sums = kernels::sum_squares(gradient + first, count);
                continue;
            }
            *sums = 0.0;
            for (std::size_t k = first; k < first + count; ++k) {
                const auto entry = static_cast<double>(gradient[connection.matrix->place(k)]);
                *sums += entry * entry;
            }
        }
    }
}

}  // namespace saltus
