#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <saltus/common/random.hpp>
#include <saltus/network/init_value.hpp>
#include <saltus/network/synapse_rows.hpp>

#include "common/aligned_allocator.hpp"

namespace saltus {

/// Whole numbers in 16 bits each where the greatest possible one allows it, otherwise in 32.
class IndexArray {
  public:
    IndexArray() = default;
    /// @param limit one more than the greatest number.
    explicit IndexArray(std::size_t limit) : is_narrow_(limit <= 65536) {}

    bool is_narrow() const { return is_narrow_; }
    std::size_t size() const { return is_narrow_ ? narrow_.size() : wide_.size(); }
    std::uint32_t operator[](std::size_t at) const { return is_narrow_ ? narrow_[at] : wide_[at]; }
    void reserve(std::size_t count) { is_narrow_ ? narrow_.reserve(count) : wide_.reserve(count); }
    void push_back(std::uint32_t number) {
        if (is_narrow_) {
            narrow_.push_back(static_cast<std::uint16_t>(number));
        } else {
            wide_.push_back(number);
        }
    }
    /// Calls use(pointer) with a pointer to the numbers in their own width.
    template <class Use>
    decltype(auto) visit(const Use& use) const {
        return is_narrow_ ? use(narrow_.data()) : use(wide_.data());
    }

  private:
    bool is_narrow_ = true;
    std::vector<std::uint16_t, AlignedAllocator<std::uint16_t>> narrow_;
    std::vector<std::uint32_t, AlignedAllocator<std::uint32_t>> wide_;
};

/// All synapses of a connection in memory, in compressed rows. Within a row they are sorted by
/// delay, then by target.
struct SynapseTable {
    std::size_t num_pre = 0;
    std::size_t num_post = 0;
    std::size_t num_weights = 0;
    std::vector<std::size_t> row_begin;  ///< [num_pre + 1]
    IndexArray post;
    /// Number of each synapse's weight; empty when that is the synapse's own.
    IndexArray weight;
    /// Timesteps by which each synapse is later than the connection; empty when none is.
    std::vector<std::uint32_t> delay;

    std::size_t num_synapses() const { return post.size(); }
    std::size_t weight_of(std::size_t synapse) const {
        return weight.size() == 0 ? synapse : weight[synapse];
    }
    std::uint32_t delay_of(std::size_t synapse) const { return delay.empty() ? 0 : delay[synapse]; }
};

/// Whether any synapse leads from a neuron to that of the same number.
bool connects_any_to_itself(const SynapseTable& table);

/// The rows of a table whose synapses have weights of their own; elements are their numbers.
class TableRows : public SynapseRows {
  public:
    explicit TableRows(std::shared_ptr<const SynapseTable> table)
        : SynapseRows(table->num_pre, table->num_post), table_(std::move(table)) {}
    void row(std::size_t pre, std::vector<RowSynapse>& synapses) const override;

  private:
    std::shared_ptr<const SynapseTable> table_;
};

/// Sorts a row by target; equal targets keep the order that the rule gave them.
void sort_by_target(std::vector<RowSynapse>& row);

/// Calls visit(pre, synapse) for all synapses, row by row in the order of their targets.
template <class Visit>
void for_each_synapse(const SynapseRows& rows, const Visit& visit) {
    std::vector<RowSynapse> row;
    for (std::size_t pre = 0; pre < rows.num_pre(); ++pre) {
        rows.row(pre, row);
        sort_by_target(row);
        for (const RowSynapse& synapse : row)
            visit(pre, synapse);
    }
}

/// Delays of the elements of a connection, in timesteps.
class ElementDelays {
  public:
    /// @param limit greatest delay, which an initializer needs; larger values of one are cut.
    /// Arrays, such as those of delays that were learned, are rounded to whole timesteps.
    /// @throws ModelError naming `where` for one delay that is no whole number, an array that
    /// exceeds the limit, or an initializer without one.
    ElementDelays(const InitValue& delay, std::optional<std::size_t> limit,
                  const RandomStream& stream, const std::string& where);

    /// Whether all elements have the same one.
    bool is_uniform() const { return delay_.is_constant(); }
    /// @throws ModelError for an element that an array does not hold.
    std::uint32_t of(std::uint64_t element) const;
    /// No delay is greater.
    std::uint32_t greatest() const { return greatest_; }

  private:
    InitValue delay_;
    RandomStream stream_;
    std::string where_;
    std::uint32_t greatest_ = 0;
};

/// The synapses of all rows. Synapses with values of their own are numbered row by row in the order
/// of their targets: that is the order of their weights.
/// @throws ModelError naming `where` when there are more than 2^32 - 1.
SynapseTable make_synapse_table(const SynapseRows& rows, const ElementDelays& delays,
                                const std::string& where);

}  // namespace saltus
