#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <saltus/common/random.hpp>
#include <saltus/network/synapse_rows.hpp>

namespace saltus {

/// How synapses that are not in memory are named.
struct ElementRule {
    std::uint64_t row = 0;  ///< what each source neuron adds
    /// Whether the position in its row names a synapse, rather than its target.
    bool by_slot = false;
};

/// Rows that can be made again whenever their neuron spikes: each is a function of its source
/// neuron and of the seed alone.
class RandomRows : public SynapseRows {
  public:
    RandomRows(std::size_t num_pre, std::size_t num_post, ElementRule rule)
        : SynapseRows(num_pre, num_post), rule_(rule) {}

    /// Replaces `post` by the targets of a source neuron, in the order of their slots. That is
    /// their own order for some rows and any order for others. Faster than row().
    virtual void targets(std::size_t pre, std::vector<std::uint32_t>& post) const = 0;
    /// The name of the synapse in a slot of a row, of which the target is known.
    std::uint64_t element(std::size_t pre, std::size_t slot, std::uint32_t post) const {
        return pre * rule_.row + (rule_.by_slot ? slot : post);
    }
    void row(std::size_t pre, std::vector<RowSynapse>& synapses) const final;

  private:
    ElementRule rule_;
};

/// Neuron i to neuron i; element i.
class OneToOneRows : public RandomRows {
  public:
    explicit OneToOneRows(std::size_t size) : RandomRows(size, size, {1, true}) {}
    void targets(std::size_t pre, std::vector<std::uint32_t>& post) const override;
};

/// Each pair with the same probability; element pre * num_post + post. Targets come in their order.
///
/// The number of pairs left out before the next synapse is floor(log(U) / log(1 - p)).
class FixedProbabilityRows : public RandomRows {
  public:
    /// @param p from 0 to 1; @param skips_self whether the pair of a number with itself is left
    /// out. All others then still have the probability p.
    FixedProbabilityRows(std::size_t num_pre, std::size_t num_post, double p, bool skips_self,
                         const RandomStream& stream);
    void targets(std::size_t pre, std::vector<std::uint32_t>& post) const override;

  private:
    void every_target(std::size_t pre, std::vector<std::uint32_t>& post) const;

    double p_;
    bool skips_self_;
    RandomStream stream_;
    double scale_ = 0.0;           ///< -1 / log(1 - p)
    std::size_t usual_count_ = 0;  ///< what nearly all rows hold at most
};

/// A number of targets, drawn with replacement; element pre * number + slot. They come in the
/// order in which they are drawn: sorting would cost more than it spares, since a row leaves most
/// of the memory between its targets alone.
class FixedNumberPostRows : public RandomRows {
  public:
    FixedNumberPostRows(std::size_t num_pre, std::size_t num_post, std::size_t number,
                        bool skips_self, const RandomStream& stream);
    void targets(std::size_t pre, std::vector<std::uint32_t>& post) const override;

  private:
    std::size_t number_;
    bool skips_self_;
    RandomStream stream_;
};

}  // namespace saltus
