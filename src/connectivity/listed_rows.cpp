#include "connectivity/listed_rows.hpp"

#include <numeric>

namespace saltus {
namespace {

/// Numbers `order` of a list in the order of their keys, those with the same key as they were.
/// @return where the numbers of each key begin, [num_keys + 1].
std::vector<std::size_t> sort_by(std::span<const std::uint32_t> key, std::size_t num_keys,
                                 std::vector<std::uint32_t>& order) {
    std::vector<std::size_t> begin(num_keys + 1, 0);
    for (const std::uint32_t k : key)
        ++begin[k + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    std::vector<std::uint32_t> sorted(order.size());
    for (const std::uint32_t number : order)
        sorted[next[key[number]]++] = number;
    order = std::move(sorted);
    return begin;
}

}  // namespace

ListedRows::ListedRows(std::size_t num_pre, std::size_t num_post,
                       std::span<const std::uint32_t> pre, std::span<const std::uint32_t> post)
    : SynapseRows(num_pre, num_post), post_(post.size()), element_(post.size()) {
    std::iota(element_.begin(), element_.end(), 0U);
    sort_by(post, num_post, element_);
    row_begin_ = sort_by(pre, num_pre, element_);
    for (std::size_t k = 0; k < post_.size(); ++k)
        post_[k] = post[element_[k]];
}

void ListedRows::row(std::size_t pre, std::vector<RowSynapse>& synapses) const {
    synapses.clear();
    for (std::size_t k = row_begin_[pre]; k < row_begin_[pre + 1]; ++k)
        synapses.push_back({post_[k], element_[k]});
}

}  // namespace saltus
