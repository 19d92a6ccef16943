#include "connectivity/drawn_pairs.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "connectivity/random_words.hpp"

namespace saltus {

void require_drawable(const Connection& connection, const DrawnPairs& pairs, std::size_t total) {
    const std::string where = "Connection " + connection.name();
    if (pairs.skips_self && pairs.num_pre == 1 && pairs.number > 0) {
        throw ModelError(where, "its only neuron may not be connected to itself",
                         "allow self connections, or use more neurons")
            .with("connection", connection.name());
    }
    if (total <= kMostListed) return;
    throw ModelError(where, fmt::format("it has {} synapses", total),
                     fmt::format("draw at most {}, or use FixedNumberPost or FixedProbability with "
                                 "the matrix type PROCEDURAL",
                                 kMostListed))
        .with("connection", connection.name());
}

std::shared_ptr<const SynapseRows> draw_sources(const DrawnPairs& pairs,
                                                const RandomStream& stream) {
    const auto bound = static_cast<std::uint32_t>(pairs.num_pre);
    std::vector<std::uint32_t> pre(pairs.num_post * pairs.number);
    std::vector<std::uint32_t> post(pre.size());
    for (std::size_t target = 0; target < pairs.num_post; ++target) {
        const auto self = static_cast<std::uint32_t>(target);
        const std::size_t first = target * pairs.number;
        random_numbers(stream, target, 0, bound, pairs.skips_self ? self : bound,
                       std::span(pre).subspan(first, pairs.number));
        std::fill_n(post.begin() + static_cast<std::ptrdiff_t>(first), pairs.number, self);
    }
    return std::make_shared<ListedRows>(pairs.num_pre, pairs.num_post, pre, post);
}

std::shared_ptr<const SynapseRows> draw_pairs(const DrawnPairs& pairs, const RandomStream& stream) {
    const auto num_pre = static_cast<std::uint32_t>(pairs.num_pre);
    const auto num_post = static_cast<std::uint32_t>(pairs.num_post);
    const std::uint32_t bound = pairs.skips_self ? num_post - 1 : num_post;
    std::vector<std::uint32_t> pre(pairs.number);
    std::vector<std::uint32_t> post(pairs.number);
    random_numbers(stream, 0, 0, num_pre, num_pre, pre);
    random_numbers(stream, 1, 0, bound, bound, post);
    for (std::size_t k = 0; pairs.skips_self && k < post.size(); ++k)
        post[k] += post[k] >= pre[k] ? 1 : 0;
    return std::make_shared<ListedRows>(pairs.num_pre, pairs.num_post, pre, post);
}

}  // namespace saltus
