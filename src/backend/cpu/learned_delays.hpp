#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "backend/cpu/storage.hpp"
#include "kernels/cpu/delayed.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {

/// The delays of a connection whose delays are learned. They lie like its weights: source neuron by
/// source neuron, each as the place in a table of steps that its spike reaches (DelayedRow). So a
/// delay that changes is one number that changes; nothing is sorted by delay.
class LearnedDelays {
  public:
    /// @param target_stride floats of a row of the target's tables.
    /// @param row_stride of a dense matrix: floats between the rows of its weights.
    /// @param num_steps of an example, with those before it: longer delays never arrive.
    /// @throws ModelError for tables that are too large to be numbered.
    LearnedDelays(const ConnectionPlan& plan, std::size_t target_stride, std::size_t row_stride,
                  std::size_t num_steps);

    std::size_t num_rows() const { return num_rows_; }
    /// The number of a row's first weight, and how many it has.
    std::size_t first_weight(std::size_t row) const {
        return table_ ? table_->row_begin[row] : row * columns_;
    }
    std::size_t row_size(std::size_t row) const {
        return table_ ? table_->row_begin[row + 1] - table_->row_begin[row] : columns_;
    }
    /// Where it lies.
    std::size_t first_place(std::size_t row) const {
        return table_ ? table_->row_begin[row] : row * row_stride_;
    }
    kernels::DelayedRow row(const Floats& weights, std::size_t row) const {
        const std::size_t first = first_place(row);
        return {weights.data() + first, offset_.data() + first, row_size(row)};
    }
    /// Takes other delays of a row, in timesteps.
    void take(std::size_t row, std::span<const double> delays);

    /// The end of the offsets that arrive within so many rows; no bound where all do.
    std::uint32_t end_of(std::size_t rows) const {
        return rows > most_ ? 0xFFFFFFFF : static_cast<std::uint32_t>(rows * target_stride_);
    }
    /// The first of the offsets that arrive after so many rows.
    std::uint32_t first_of(std::size_t rows) const {
        return static_cast<std::uint32_t>(std::min(rows, most_ + 1) * target_stride_);
    }
    /// No delay counts as longer.
    std::size_t most() const { return most_; }
    std::size_t target_stride() const { return target_stride_; }

    /// Derivatives by the delays per ms, which lie like the weights.
    Floats gradient;

  private:
    std::shared_ptr<const SynapseTable> table_;
    std::size_t num_rows_;
    std::size_t columns_;
    std::size_t row_stride_;
    std::size_t target_stride_;
    std::size_t most_;
    std::vector<std::uint32_t> offset_;
};

}  // namespace saltus
