#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/network/synapse_rows.hpp>

namespace saltus {

/// Synapses of a list, in memory. Within a row they come in the order of their targets; equal pairs
/// come in the order of the list.
class ListedRows : public SynapseRows {
  public:
    /// Synapse k goes from pre[k] to post[k], which lie within the populations, and is element k;
    /// at most 2^32 - 1 synapses.
    ListedRows(std::size_t num_pre, std::size_t num_post, std::span<const std::uint32_t> pre,
               std::span<const std::uint32_t> post);
    void row(std::size_t pre, std::vector<RowSynapse>& synapses) const override;

  private:
    std::vector<std::size_t> row_begin_;
    std::vector<std::uint32_t> post_;
    std::vector<std::uint32_t> element_;
};

/// The greatest number of synapses of a list.
constexpr std::size_t kMostListed = 0xFFFFFFFFU;

}  // namespace saltus
