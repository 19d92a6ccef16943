#include "plan/synapse_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/initializers/materialise.hpp>

namespace saltus {
namespace {

/// A synapse on its way into the table.
struct Entry {
    std::uint32_t post;
    std::uint32_t delay;
    std::uint32_t weight;
};

}  // namespace

bool connects_any_to_itself(const SynapseTable& table) {
    for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
        for (std::size_t k = table.row_begin[pre]; k < table.row_begin[pre + 1]; ++k) {
            if (table.post[k] == pre) return true;
        }
    }
    return false;
}

void TableRows::row(std::size_t pre, std::vector<RowSynapse>& synapses) const {
    synapses.clear();
    for (std::size_t k = table_->row_begin[pre]; k < table_->row_begin[pre + 1]; ++k)
        synapses.push_back({table_->post[k], k});
}

void sort_by_target(std::vector<RowSynapse>& row) {
    const auto before = [](const RowSynapse& a, const RowSynapse& b) { return a.post < b.post; };
    if (!std::is_sorted(row.begin(), row.end(), before))
        std::stable_sort(row.begin(), row.end(), before);
}

ElementDelays::ElementDelays(const InitValue& delay, std::optional<std::size_t> limit,
                             const RandomStream& stream, const std::string& where)
    : delay_(delay), stream_(stream), where_(where) {
    const auto refuse = [&](const std::string& problem, const std::string& advice) {
        throw ModelError(where, problem, advice).with("parameter", "delay");
    };
    if (delay.is_name()) delay_ = InitValue(initializer_by_name(delay.name()));
    if (delay_.is_initializer()) {
        if (!limit)
            refuse("delay is " + delay_.describe() + ", of which the greatest value is not known",
                   "give the connection max_delay_steps");
        greatest_ = static_cast<std::uint32_t>(*limit);
        return;
    }
    if (delay_.is_constant() && delay_.constant() != std::floor(delay_.constant())) {
        refuse(fmt::format("delay is {:g} timesteps", delay_.constant()),
               "give a whole number between 0 and 1048576, or compile with exact spike times");
    }
    const std::vector<double> values =
        delay_.is_constant() ? std::vector<double>{delay_.constant()} : delay_.array().values;
    for (const double value : values)
        greatest_ = std::max(greatest_, static_cast<std::uint32_t>(std::round(value)));
    if (limit && greatest_ > *limit) {
        refuse(
            fmt::format("a delay is {} timesteps, more than max_delay_steps {}", greatest_, *limit),
            "give a greater max_delay_steps, or leave it out");
    }
}

std::uint32_t ElementDelays::of(std::uint64_t element) const {
    if (delay_.is_constant()) return greatest_;
    if (delay_.is_array()) {
        const Array& delays = delay_.array();
        if (element < delays.size()) {
            return static_cast<std::uint32_t>(std::round(delays.values[element]));
        }
        throw ModelError(where_,
                         fmt::format("delays of shape {} hold {} values, but there is a synapse "
                                     "number {}",
                                     to_string(delays.shape), delays.size(), element),
                         "give one delay for each weight")
            .with("parameter", "delay");
    }
    const double drawn = std::round(delay_.initializer().value(stream_, element));
    return static_cast<std::uint32_t>(std::clamp(drawn, 0.0, static_cast<double>(greatest_)));
}

SynapseTable make_synapse_table(const SynapseRows& rows, const ElementDelays& delays,
                                const std::string& where) {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    const std::optional<std::size_t> elements = rows.num_elements();
    SynapseTable table;
    table.num_pre = rows.num_pre();
    table.num_post = rows.num_post();
    table.post = IndexArray(table.num_post);
    // Sorting by delay takes synapses out of the order of their weights.
    const bool names_weights = elements.has_value() || !delays.is_uniform();
    table.weight = IndexArray(elements.value_or(kMost));
    table.row_begin.reserve(table.num_pre + 1);
    table.row_begin.push_back(0);
    std::vector<RowSynapse> row;
    std::vector<Entry> entries;
    for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
        rows.row(pre, row);
        sort_by_target(row);
        const std::size_t first = table.row_begin.back();
        if (row.size() > kMost - first) {
            throw ModelError(where, "it has more than 4294967295 synapses",
                             "use fewer, or the matrix type PROCEDURAL");
        }
        entries.clear();
        for (const RowSynapse& synapse : row) {
            const std::size_t weight = elements ? synapse.element : first + entries.size();
            entries.push_back({synapse.post, delays.is_uniform() ? 0 : delays.of(synapse.element),
                               static_cast<std::uint32_t>(weight)});
        }
        if (!delays.is_uniform()) {
            std::stable_sort(entries.begin(), entries.end(),
                             [](const Entry& a, const Entry& b) { return a.delay < b.delay; });
        }
        for (const Entry& entry : entries) {
            table.post.push_back(entry.post);
            if (names_weights) table.weight.push_back(entry.weight);
            if (!delays.is_uniform()) table.delay.push_back(entry.delay);
        }
        table.row_begin.push_back(table.post.size());
    }
    table.num_weights = elements.value_or(table.num_synapses());
    return table;
}

}  // namespace saltus
