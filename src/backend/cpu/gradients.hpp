#pragma once

#include "backend/cpu/arrival_sort.hpp"
#include "backend/cpu/gradient_norm.hpp"

namespace saltus {

/// The gradients of all trainable connections from the spikes and adjoints of a chunk of examples.
/// Every sum has an order that does not depend on the number of threads.
class GradientPass {
  public:
    /// @param num_parts into how many parts the sorting of spikes is cut, usually the threads.
    GradientPass(BoundPlan& bound, const SplitPlan& split, std::size_t num_parts);

    /// Adds the chunk's gradient to the connections' gradient buffers; the first chunk of a batch
    /// overwrites them. When `step` is given, the weights are updated: those of dense rows right
    /// after each part of the gradient is complete, while it is still in the first cache level; all
    /// of them in the end when the norm of the gradients is bounded.
    /// @param count examples in the chunk.
    /// @param before_update called before sparse weights are updated, when their gradients are
    /// complete, and before the norm of all gradients is computed.
    void run(
        const Chunk& chunk, std::size_t count, bool first_chunk, const UpdateStep* step,
        const ParallelFor& parallel_for, const std::function<void()>& before_update = [] {});

    /// Updates all weights from gradients that run() has kept for it.
    void update(const UpdateStep& step, const ParallelFor& parallel_for) {
        update_all(step, parallel_for);
    }

  private:
    /// Some rows of a connection, or some of its weights.
    struct Task {
        std::size_t connection;
        std::size_t arrivals;
        std::size_t first;
        std::size_t count;
    };

    std::size_t arrivals_of(std::size_t connection);
    void add_tasks(std::size_t connection);
    void size_gradients(bool first_chunk, bool keeps);
    /// How many examples' tables of adjoints stay in the second cache level together.
    std::size_t examples_in_cache() const;
    void sort(const Chunk& chunk, SlotRange slots, const ParallelFor& parallel_for);
    /// Updates all weights from gradients that are complete.
    void update_all(const UpdateStep& step, const ParallelFor& parallel_for);
    /// The gradients of dense rows, a few examples at a time.
    void run_rows_in_groups(const Chunk& chunk, std::size_t count, std::size_t group,
                            bool first_chunk, const UpdateStep* step,
                            const ParallelFor& parallel_for);
    void run_tasks(const std::vector<Task>& tasks, const Chunk& chunk, SlotRange slots,
                   bool overwrites, bool keeps, const UpdateStep* step,
                   const ParallelFor& parallel_for);
    /// @param overwrites whether there is nothing to add to, @param keeps whether the gradient
    /// itself will be read.
    void run_dense_rows(const Task& task, const Chunk& chunk, bool overwrites, bool keeps,
                        const UpdateStep* step, Worker& worker);
    void run_sparse_rows(const Task& task, const Chunk& chunk, Worker& worker);
    /// Those of rows whose delays are learned, with the gradients of these.
    void run_delayed_rows(const Task& task, const Chunk& chunk, Worker& worker);
    void clear_delay_gradients();
    void run_folded(const Task& task, const Chunk& chunk, std::size_t count, const UpdateStep* step,
                    Worker& worker);
    void add_folded(std::size_t index, const Chunk& chunk, std::size_t count);
    /// Adds up what the backward passes of a chunk have left of shared weights, and updates.
    void finish_weights(const Task& task, const Chunk& chunk, std::size_t count,
                        const UpdateStep* step, Worker& worker);
    void update(const Task& task, const UpdateStep& step, std::size_t first, std::size_t count,
                float* gradient, Worker& worker);
    /// Synaptic events whose targets' adjoints a connection's gradient sums.
    std::uint64_t count_chunk_events(std::size_t connection, const Chunk& chunk,
                                     SlotRange slots) const;

    BoundPlan& bound_;
    std::size_t num_parts_;
    /// One for all connections of the same spikes and delay.
    std::vector<ArrivalSort> arrivals_;
    /// By those: the first of their connections.
    std::vector<std::size_t> sorted_for_;
    std::vector<Task> tasks_;
    /// Those of dense rows, and the others.
    std::vector<Task> row_tasks_;
    std::vector<Task> other_tasks_;
    /// What is left once the gradients of all examples are there: sums over groups of examples and
    /// updates of sparse and shared weights.
    std::vector<Task> finishing_;
    GradientNorm norm_;
};

}  // namespace saltus
