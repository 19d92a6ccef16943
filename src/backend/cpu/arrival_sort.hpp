#pragma once

#include <functional>

#include "backend/cpu/example_run.hpp"

namespace saltus {

/// Runs a function over [0, count) in parts, on one or more threads; the parts' results must not
/// depend on how they are cut.
using ParallelFor = std::function<void(
    std::size_t count, std::size_t grain,
    const std::function<void(std::size_t begin, std::size_t end, Worker& worker)>& body)>;

/// The spikes of a chunk of examples sorted by source neuron, each as the row of the target's
/// arrival table (slot * steps + step of arrival) that it reaches; in the order of examples and
/// steps.
class ArrivalSort {
  public:
    /// @param count examples in the chunk. @param num_parts into how many parts the examples are
    /// cut for several threads; the result does not depend on it.
    void run(const ConnectionPlan& plan, const Chunk& chunk, std::size_t count,
             std::size_t num_steps, std::size_t num_parts, const ParallelFor& parallel_for);

    /// Sums the table's rows of the arrivals of neurons [first, first + count).
    void sum_rows(const Floats& table, std::size_t stride, std::size_t first, std::size_t count,
                  bool accumulate, float* out) const;

  private:
    template <class Index>
    void fill(const ConnectionPlan& plan, const Chunk& chunk, std::size_t begin, std::size_t end,
              std::size_t num_steps, std::uint32_t* cursor, std::vector<Index>& arrivals) const;

    std::vector<std::uint32_t> row_begin_;
    /// [part][neuron]: number of a part's spikes of each neuron, then where the next one goes.
    std::vector<std::uint32_t> cursors_;
    // One of the two is used, as wide as the number of rows needs.
    std::vector<std::uint16_t> narrow_;
    std::vector<std::uint32_t> wide_;
    bool is_narrow_ = true;
};

}  // namespace saltus
