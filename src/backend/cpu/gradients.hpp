#pragma once

#include "backend/cpu/arrival_sort.hpp"

namespace saltus {

/// The gradients of all trainable connections from the spikes and adjoints of a chunk of examples.
class GradientPass {
  public:
    /// @param num_parts into how many parts the sorting of spikes is cut, usually the threads.
    GradientPass(BoundPlan& bound, std::size_t num_parts);

    /// Adds the chunk's gradient to the connections' gradient buffers; the first chunk of a batch
    /// overwrites them. When `step` is given, the weights are updated right after each part of the
    /// gradient is complete, while it is still in the first cache level.
    /// @param count examples in the chunk.
    void run(const Chunk& chunk, std::size_t count, bool first_chunk, const AdamStep* step,
             const ParallelFor& parallel_for);

  private:
    /// Some rows of a connection, or all of a folded one.
    struct Task {
        std::size_t connection;
        std::size_t arrivals;
        std::size_t first_row;
        std::size_t num_rows;
    };

    std::size_t arrivals_of(const ConnectionPlan& plan);
    void sort(const Chunk& chunk, std::size_t count, const ParallelFor& parallel_for);
    void add_tasks(std::size_t connection);
    void run_rows(const Task& task, const Chunk& chunk, bool first_chunk, const AdamStep* step,
                  Worker& worker);
    void run_folded(const Task& task, const Chunk& chunk, std::size_t count, bool first_chunk,
                    const AdamStep* step);

    BoundPlan& bound_;
    std::size_t num_parts_;
    /// One for all connections of the same source and delay.
    std::vector<ArrivalSort> arrivals_;
    std::vector<Task> tasks_;
};

}  // namespace saltus
