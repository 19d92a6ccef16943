#pragma once

#include <vector>

#include "backend/cpu/arrival_sort.hpp"
#include "backend/cpu/split_columns.hpp"

namespace saltus {

/// The Euclidean norm of the gradients of all trained connections by the user's weights. Squares
/// are summed over blocks of weights that are the same however a plan is cut, then block by block
/// in their order, so that its bits do not depend on the number of threads.
class GradientNorm {
  public:
    GradientNorm(const BoundPlan& bound, const SplitPlan& split);

    double compute(const ParallelFor& parallel_for);

  private:
    /// Some rows of a connection's gradient as it is kept.
    struct Task {
        std::size_t connection;  ///< of the cut plan
        std::size_t first_row;
        std::size_t num_rows;
        std::size_t original;
        /// Where its sums lie: those of a row side by side.
        std::size_t first_sum;
        std::size_t sums_per_row;
    };

    void add_tasks(const SplitPlan& split, std::size_t original);
    void add_rows(std::size_t connection, std::size_t original, std::size_t num_rows,
                  std::size_t first_sum, std::size_t sums_per_row);
    void run(const Task& task);

    const BoundPlan& bound_;
    std::vector<Task> tasks_;
    /// By connection before it was cut: sums of squares of blocks; none where it is not trained.
    std::vector<std::vector<double>> sums_;
    /// By connection before it was cut: its first part.
    std::vector<std::size_t> first_part_;
};

}  // namespace saltus
