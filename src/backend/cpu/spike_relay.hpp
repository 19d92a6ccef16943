#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <saltus/data/spike_list.hpp>
#include <saltus/plan/plan.hpp>

#include "plan/synapse_table.hpp"

namespace saltus {

/// Turns the spikes of source neurons into spikes of the rows of a matrix: of the pools that a
/// neuron lies in, or of the parts of its synapses that have the same delay, each that much later.
class SpikeRelay {
  public:
    /// The row that a source neuron's spike becomes.
    struct Row {
        std::uint32_t row;
        std::uint32_t delay;  ///< timesteps
    };

    /// The relay that a connection needs; null when its rows are its source neurons.
    static std::unique_ptr<SpikeRelay> for_connection(const ConnectionPlan& plan);

    /// Calls visit(row, delay) for the rows of a source neuron.
    template <class Visit>
    void for_each_row(std::uint32_t pre, const Visit& visit) const {
        for (std::size_t k = begin_[pre]; k < begin_[pre + 1]; ++k)
            visit(rows_[k].row, rows_[k].delay);
    }
    std::size_t num_rows() const { return num_rows_; }
    std::uint32_t greatest_delay() const { return greatest_delay_; }

    /// Where the synapses of each row begin in the table of a connection with delays.
    static std::vector<std::size_t> delay_rows(const SynapseTable& table);

  private:
    std::vector<std::size_t> begin_{0};  ///< [source neurons + 1]
    std::vector<Row> rows_;
    std::size_t num_rows_ = 0;
    std::uint32_t greatest_delay_ = 0;
};

/// The relayed spikes of one example. Memory is that of the spikes, not of the delays.
class RelayedSpikes {
  public:
    void clear();
    /// Relays the source's spikes of all steps before `end`; spikes() is then complete up to there.
    void relay(const SpikeRelay& relay, const SpikeList& source, std::size_t end);
    /// By row and step, in which they leave; within a step in no particular order.
    const SpikeList& spikes() const { return spikes_; }

  private:
    std::size_t next_step_ = 0;
    SpikeList spikes_;
    /// A row whose spike leaves in a later step.
    struct Waiting {
        std::uint32_t row;
        std::size_t step;
    };
    /// By their step modulo the number of entries, which is bounded: entries of a longer delay are
    /// passed over until their turn comes.
    std::vector<std::vector<Waiting>> wheel_;
};

}  // namespace saltus
