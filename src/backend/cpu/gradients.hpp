#pragma once

#include "backend/cpu/arrival_sort.hpp"

namespace saltus {

/// The gradient of one connection from the spikes and adjoints of a chunk of examples.
class GradientPass {
  public:
    /// @param num_parts into how many parts the sorting of spikes is cut, usually the threads.
    GradientPass(const BoundPlan& bound, std::size_t num_parts)
        : bound_(bound), num_parts_(num_parts) {}

    /// Adds the chunk's gradient to the connection's gradient buffer; the first chunk of a batch
    /// overwrites it. When `step` is given, the weights are updated right after each part of the
    /// gradient is complete, while it is still in the first cache level.
    /// @param count examples in the chunk.
    void run(std::size_t index, BoundConnection& connection, const Chunk& chunk, std::size_t count,
             bool first_chunk, const AdamStep* step, const ParallelFor& parallel_for);

  private:
    void run_rows(const ConnectionPlan& plan, BoundConnection& connection, const Chunk& chunk,
                  bool first_chunk, const AdamStep* step, const ParallelFor& parallel_for);
    void run_folded(const ConnectionPlan& plan, BoundConnection& connection, const Chunk& chunk,
                    std::size_t count, bool first_chunk, const AdamStep* step);

    const BoundPlan& bound_;
    std::size_t num_parts_;
    ArrivalSort arrivals_;
};

}  // namespace saltus
