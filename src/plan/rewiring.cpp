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
    Rewiring(const SynapseTable& before, const RandomStream& stream)
        : before_(before), stream_(stream) {
        after_.num_pre = before.num_pre;
        after_.num_post = before.num_post;
        after_.num_weights = before.num_weights;
        after_.post = IndexArray(before.num_post);
        after_.post.reserve(before.num_synapses());
        after_.row_begin.reserve(before.num_pre + 1);
        after_.row_begin.push_back(0);
        rewired_.from.reserve(before.num_synapses());
    }

    /// @param goes by synapse. @param places of new synapses among all free pairs, in order.
    void run(const std::vector<bool>& goes, const std::vector<std::uint64_t>& places) {
        auto place = places.begin();
        std::uint64_t first_free = 0;
        for (std::size_t pre = 0; pre < before_.num_pre; ++pre) {
            std::uint64_t taken = 0;
            for (std::size_t k = before_.row_begin[pre]; k < before_.row_begin[pre + 1]; ++k) {
                if (goes[k]) continue;
                // Free targets before this one: all that are not taken.
                const std::uint64_t post = before_.post[k];
                for (; place != places.end() && *place - first_free < post - taken; ++place)
                    add_new(pre, *place - first_free + taken);
                after_.post.push_back(static_cast<std::uint32_t>(post));
                rewired_.from.push_back(static_cast<std::uint32_t>(k));
                ++taken;
            }
            const std::uint64_t free = before_.num_post - taken;
            for (; place != places.end() && *place - first_free < free; ++place)
                add_new(pre, *place - first_free + taken);
            first_free += free;
            after_.row_begin.push_back(after_.post.size());
        }
    }

    SynapseTable take_table() { return std::move(after_); }
    Rewired take_rewired() { return std::move(rewired_); }

  private:
    void add_new(std::size_t pre, std::uint64_t post) {
        const std::uint64_t pair = pre * before_.num_post + post;
        rewired_.is_negative.push_back((stream_.words(pair, kSigns)[0] & 1U) != 0);
        rewired_.from.push_back(Rewired::kNew);
        ++rewired_.count;
        after_.post.push_back(static_cast<std::uint32_t>(post));
    }

    const SynapseTable& before_;
    const RandomStream& stream_;
    SynapseTable after_;
    Rewired rewired_;
};

}  // namespace

Rewired rewire(const std::function<bool(std::size_t synapse)>& goes, const RandomStream& stream,
               std::uint64_t update, SynapseTable& table) {
    std::vector<bool> going(table.num_synapses());
    std::size_t count = 0;
    for (std::size_t k = 0; k < going.size(); ++k) {
        going[k] = goes(k);
        count += going[k] ? 1 : 0;
    }
    if (count == 0) return {};
    const std::uint64_t pairs = std::uint64_t{table.num_pre} * table.num_post;
    const std::uint64_t free = pairs - (table.num_synapses() - count);
    Rewiring rewiring(table, stream);
    rewiring.run(going, draw_different(count, free, stream, update));
    table = rewiring.take_table();
    return rewiring.take_rewired();
}

}  // namespace saltus
