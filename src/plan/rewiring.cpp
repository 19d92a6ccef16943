#include "plan/rewiring.hpp"

#include <algorithm>
#include <unordered_set>

namespace saltus {
namespace {

// Updates are numbered from 0 on; their last number is that of the signs.
constexpr std::uint64_t kSigns = (std::uint64_t{1} << 40) - 1;

/// A number below `limit`; far more bits are drawn than it has, so that none is more probable.
std::uint64_t draw_below(std::uint64_t limit, const RandomStream& stream, std::uint64_t update,
                         std::uint64_t draw) {
    const auto words = stream.words(draw, update);
    return (std::uint64_t{words[0]} << 32 | words[1]) % limit;
}

/// `count` different numbers below `limit`, in order (R. W. Floyd).
std::vector<std::uint64_t> draw_different(std::size_t count, std::uint64_t limit,
                                          const RandomStream& stream, std::uint64_t update) {
    std::unordered_set<std::uint64_t> drawn;
    drawn.reserve(count);
    for (std::uint64_t last = limit - count; last < limit; ++last) {
        const std::uint64_t number = draw_below(last + 1, stream, update, drawn.size());
        if (!drawn.insert(number).second) drawn.insert(last);
    }
    std::vector<std::uint64_t> numbers(drawn.begin(), drawn.end());
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

/// Builds the new table row by row.
class Rewiring {
  public:
    Rewiring(const SynapseTable& before, const std::vector<bool>& goes, const RandomStream& stream,
             bool skips_self)
        : before_(before), goes_(goes), stream_(stream), skips_self_(skips_self) {
        after_.num_pre = before.num_pre;
        after_.num_post = before.num_post;
        after_.num_weights = before.num_weights;
        after_.post = IndexArray(before.num_post);
        after_.post.reserve(before.num_synapses());
        after_.row_begin.reserve(before.num_pre + 1);
        after_.row_begin.push_back(0);
        rewired_.from.reserve(before.num_synapses());
    }

    /// @param places of new synapses among all free pairs, in order.
    Rewired run(const std::vector<std::uint64_t>& places) {
        place_ = places.begin();
        end_ = places.end();
        for (std::size_t pre = 0; pre < before_.num_pre; ++pre)
            fill_row(pre);
        rewired_.table = std::make_shared<const SynapseTable>(std::move(after_));
        return std::move(rewired_);
    }

  private:
    void fill_row(std::size_t pre) {
        taken_ = 0;
        bool passes_self = skips_self_;
        for (std::size_t k = before_.row_begin[pre]; k < before_.row_begin[pre + 1]; ++k) {
            if (goes_[k]) continue;
            const std::size_t post = before_.post[k];
            if (passes_self && pre < post) {
                take(pre, pre);
                passes_self = false;
            }
            take(pre, post);
            after_.post.push_back(static_cast<std::uint32_t>(post));
            rewired_.from.push_back(static_cast<std::uint32_t>(k));
        }
        if (passes_self) take(pre, pre);
        const std::uint64_t free = before_.num_post - taken_;
        add_new_below(pre, free);
        first_free_ += free;
        after_.row_begin.push_back(after_.post.size());
    }

    /// Passes a target that is not free, after all free ones before it.
    void take(std::size_t pre, std::size_t post) {
        add_new_below(pre, post - taken_);
        ++taken_;
    }

    /// Adds new synapses of a row up to a number of its free targets.
    void add_new_below(std::size_t pre, std::uint64_t free) {
        for (; place_ != end_ && *place_ - first_free_ < free; ++place_)
            add_new(pre, *place_ - first_free_ + taken_);
    }

    void add_new(std::size_t pre, std::uint64_t post) {
        const std::uint64_t pair = pre * before_.num_post + post;
        rewired_.is_negative.push_back((stream_.words(pair, kSigns)[0] & 1U) != 0);
        rewired_.from.push_back(Rewired::kNew);
        ++rewired_.count;
        if (has_gone(pre, post)) ++rewired_.returned;
        after_.post.push_back(static_cast<std::uint32_t>(post));
    }

    /// Whether a free pair had a synapse before.
    bool has_gone(std::size_t pre, std::uint64_t post) const {
        std::size_t first = before_.row_begin[pre];
        std::size_t last = before_.row_begin[pre + 1];
        while (first < last) {
            const std::size_t middle = first + (last - first) / 2;
            if (before_.post[middle] == post) return true;
            if (before_.post[middle] < post) {
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        return false;
    }

    const SynapseTable& before_;
    const std::vector<bool>& goes_;
    const RandomStream& stream_;
    const bool skips_self_;
    SynapseTable after_;
    Rewired rewired_;
    std::vector<std::uint64_t>::const_iterator place_;
    std::vector<std::uint64_t>::const_iterator end_;
    std::uint64_t first_free_ = 0;  ///< free pairs of the rows before
    std::uint64_t taken_ = 0;       ///< targets of this row that are not free, so far
};

}  // namespace

Rewired rewire(const SynapseTable& table, const std::vector<bool>& goes, const RandomStream& stream,
               std::uint64_t update, bool skips_self) {
    const auto count = static_cast<std::size_t>(std::count(goes.begin(), goes.end(), true));
    if (count == 0) return {};
    skips_self = skips_self && !connects_any_to_itself(table);
    const std::uint64_t pairs = std::uint64_t{table.num_pre} * table.num_post;
    std::uint64_t free = pairs - (table.num_synapses() - count);
    if (skips_self) free -= table.num_pre;
    return Rewiring(table, goes, stream, skips_self)
        .run(draw_different(count, free, stream, update));
}

}  // namespace saltus
