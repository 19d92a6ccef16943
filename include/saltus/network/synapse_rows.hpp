#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace saltus {

/// One synapse of a source neuron.
struct RowSynapse {
    std::uint32_t post = 0;  ///< target neuron
    /// Names its weight and its delay among those of the connection; see SynapseRows.
    std::uint64_t element = 0;
};

/// Which synapses a connection has, row by row. A row never changes: it can be asked for at any
/// time, in any order, by any number of threads.
class SynapseRows {
  public:
    SynapseRows(std::size_t num_pre, std::size_t num_post)
        : num_pre_(num_pre), num_post_(num_post) {}
    virtual ~SynapseRows() = default;

    std::size_t num_pre() const { return num_pre_; }
    std::size_t num_post() const { return num_post_; }

    /// How many values there are when elements number them from 0 on, whether each belongs to one
    /// synapse (a dense matrix) or to several (a kernel). Nothing when every synapse that exists
    /// has values of its own and elements only name them: they then differ, and lie below 2^56.
    virtual std::optional<std::size_t> num_elements() const { return std::nullopt; }

    /// Replaces `synapses` by those of source neuron `pre`. The same target may stand in a row
    /// more than once.
    virtual void row(std::size_t pre, std::vector<RowSynapse>& synapses) const = 0;

  private:
    std::size_t num_pre_;
    std::size_t num_post_;
};

}  // namespace saltus
