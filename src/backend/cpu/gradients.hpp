#pragma once

#include <functional>

#include "backend/cpu/example_run.hpp"

namespace saltus {

/// Runs a function over [0, count) in parts, on one or more threads; the parts' results must not
/// depend on how they are cut.
using ParallelFor = std::function<void(
    std::size_t count, std::size_t grain,
    const std::function<void(std::size_t begin, std::size_t end, Worker& worker)>& body)>;

/// The gradient of one connection from the spikes and adjoints of a chunk of examples.
class GradientPass {
  public:
    explicit GradientPass(const BoundPlan& bound) : bound_(bound) {}

    /// Adds the chunk's gradient to the connection's gradient buffer; the first chunk of a batch
    /// overwrites it. When `step` is given, the weights are updated right after each part of the
    /// gradient is complete, while it is still in the first cache level.
    /// @param count examples in the chunk.
    void run(std::size_t index, BoundConnection& connection, const Chunk& chunk, std::size_t count,
             bool first_chunk, const AdamStep* step, const ParallelFor& parallel_for);

  private:
    void sort_by_source(const ConnectionPlan& plan, const Chunk& chunk, std::size_t count);
    void run_folded(const ConnectionPlan& plan, BoundConnection& connection, const Chunk& chunk,
                    std::size_t count, bool first_chunk, const AdamStep* step);

    const BoundPlan& bound_;
    // Arrivals of each source neuron's spikes, as rows of the target's arrival table.
    std::vector<std::uint32_t> row_begin_;
    std::vector<std::uint32_t> cursor_;
    std::vector<std::uint32_t> arrivals_;
};

}  // namespace saltus
