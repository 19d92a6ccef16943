#include "plan/replace_synapses.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

void require_below(const std::vector<std::uint32_t>& indices, std::size_t limit, const char* side,
                   const ConnectionPlan& connection, const std::string& where) {
    const auto found = std::find_if(indices.begin(), indices.end(),
                                    [limit](std::uint32_t index) { return index >= limit; });
    if (found == indices.end()) return;
    throw ModelError(where,
                     fmt::format("synapse {} of '{}' has the {} neuron {}, of {}",
                                 found - indices.begin(), connection.name, side, *found, limit),
                     "give synapses of a network with this description")
        .with("connection", connection.name);
}

void require_order(const SynapsePairs& pairs, const ConnectionPlan& connection,
                   const std::string& where) {
    for (std::size_t k = 1; k < pairs.pre.size(); ++k) {
        const std::pair before(pairs.pre[k - 1], pairs.post[k - 1]);
        const std::pair now(pairs.pre[k], pairs.post[k]);
        if (before < now) continue;
        throw ModelError(
            where,
            fmt::format("synapse {} of '{}', from {} to {}, {}", k, connection.name, now.first,
                        now.second,
                        before == now ? "stands there twice" : "is not in the order of the others"),
            "give each once, by source neuron, then by target")
            .with("connection", connection.name);
    }
}

}  // namespace

std::string why_synapses_stay(const ConnectionPlan& connection) {
    if (!connection.has_uniform_delay()) return "its synapses have different delays";
    if (!connection.table) {
        return fmt::format("it is laid out as {}, not as SPARSE",
                           to_string(connection.matrix_type));
    }
    if (connection.table->weight.size() > 0) return "its synapses share weights";
    return {};
}

bool has_multiple_synapses(const SynapseTable& table) {
    for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
        for (std::size_t k = table.row_begin[pre] + 1; k < table.row_begin[pre + 1]; ++k) {
            if (table.post[k] == table.post[k - 1]) return true;
        }
    }
    return false;
}

SynapsePairs pairs_of(const SynapseTable& table) {
    SynapsePairs pairs;
    pairs.pre.reserve(table.num_synapses());
    pairs.post.reserve(table.num_synapses());
    for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
        for (std::size_t k = table.row_begin[pre]; k < table.row_begin[pre + 1]; ++k) {
            pairs.pre.push_back(static_cast<std::uint32_t>(pre));
            pairs.post.push_back(table.post[k]);
        }
    }
    return pairs;
}

std::shared_ptr<const SynapseTable> table_of(const SynapsePairs& pairs,
                                             const ConnectionPlan& connection,
                                             const std::string& where) {
    const std::size_t count = connection.table->num_synapses();
    if (pairs.pre.size() != count || pairs.post.size() != count) {
        throw ModelError(where,
                         fmt::format("there are {} source and {} target neurons for the {} "
                                     "synapses of '{}'",
                                     pairs.pre.size(), pairs.post.size(), count, connection.name),
                         "give synapses of a network with this description")
            .with("connection", connection.name);
    }
    require_below(pairs.pre, connection.num_pre, "source", connection, where);
    require_below(pairs.post, connection.num_post, "target", connection, where);
    require_order(pairs, connection, where);
    auto table = std::make_shared<SynapseTable>();
    table->num_pre = connection.num_pre;
    table->num_post = connection.num_post;
    table->num_weights = count;
    table->post = IndexArray(connection.num_post);
    table->post.reserve(count);
    table->row_begin.reserve(connection.num_pre + 1);
    for (std::size_t k = 0; k < count; ++k) {
        while (table->row_begin.size() <= pairs.pre[k])
            table->row_begin.push_back(k);
        table->post.push_back(pairs.post[k]);
    }
    table->row_begin.resize(connection.num_pre + 1, count);
    return table;
}

void replace_synapses(std::shared_ptr<const SynapseTable> table, ConnectionPlan& connection) {
    connection.rows = std::make_shared<const TableRows>(table);
    connection.table = std::move(table);
}

}  // namespace saltus
