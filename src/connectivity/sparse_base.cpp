#include <saltus/connectivity/sparse_base.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/listed_rows.hpp"

namespace saltus {
namespace {

std::string name_of(const Connection& connection) {
    return "Connection " + connection.name();
}

void require_within(const std::vector<std::uint32_t>& indices, const Population& population,
                    const std::string& which, const Connection& connection) {
    const std::size_t size = population.size();
    const auto outside = std::find_if(indices.begin(), indices.end(),
                                      [&](std::uint32_t index) { return index >= size; });
    if (outside == indices.end()) return;
    throw ModelError(name_of(connection),
                     fmt::format("{}[{}] is {}, outside its population '{}' of {} neurons", which,
                                 outside - indices.begin(), *outside, population.name(), size),
                     fmt::format("give indices from 0 to {}", size - 1))
        .with("connection", connection.name())
        .with("population", population.name())
        .with("parameter", which);
}

}  // namespace

SparseBase::SparseBase(InitValue weight_value, InitValue delay_value, const std::string& where)
    : Connectivity(std::move(weight_value), std::move(delay_value)) {
    weight.require_finite(where, "weight");
    require_valid_delay(where);
}

void SparseBase::connect(Population&, Population&) const {}

std::optional<std::size_t> SparseBase::num_values(const Connection&) const {
    return std::nullopt;
}

bool SparseBase::has_indices(const std::string& where) const {
    if (pre_ind.has_value() != post_ind.has_value()) {
        throw ModelError(where,
                         fmt::format("{} is set and {} is not", pre_ind ? "pre_ind" : "post_ind",
                                     pre_ind ? "post_ind" : "pre_ind"),
                         "set both, or neither");
    }
    if (pre_ind && pre_ind->size() != post_ind->size()) {
        throw ModelError(where,
                         fmt::format("pre_ind has {} indices and post_ind has {}", pre_ind->size(),
                                     post_ind->size()),
                         "give one of each for every synapse");
    }
    if (pre_ind && pre_ind->size() > kMostListed) {
        throw ModelError(where, fmt::format("it lists {} synapses", pre_ind->size()),
                         fmt::format("list at most {}", kMostListed));
    }
    return pre_ind.has_value();
}

SparseBase::RowMaker SparseBase::explicit_rows(const Connection& connection) const {
    require_within(*pre_ind, connection.source(), "pre_ind", connection);
    require_within(*post_ind, connection.target(), "post_ind", connection);
    std::shared_ptr<const SynapseRows> rows = std::make_shared<const ListedRows>(
        connection.source().size(), connection.target().size(), *pre_ind, *post_ind);
    return [rows = std::move(rows)](const RandomStream&) { return rows; };
}

void SparseBase::require_array_sizes(const Connection& connection) const {
    std::optional<std::size_t> count = num_values(connection);
    if (pre_ind) count = pre_ind->size();
    for (const auto& [value, what] : {std::pair{&weight, "weight"}, {&delay, "delay"}}) {
        if (!value->is_array() || (count && value->array().size() == *count)) continue;
        const std::string shape = to_string(value->array().shape);
        const std::string problem =
            count ? fmt::format("{} has shape {}, which holds {} values for {} synapses", what,
                                shape, value->array().size(), *count)
                  : fmt::format(
                        "{} has shape {}, but the number of synapses is not known before "
                        "they are made",
                        what, shape);
        throw ModelError(name_of(connection), problem,
                         count ? "give one value for each"
                               : "give a constant or an initializer, or set pre_ind and post_ind")
            .with("connection", connection.name())
            .with("parameter", what)
            .with("shape", shape);
    }
}

ConnectivitySnippet SparseBase::get_snippet(
    const Connection& connection, const SupportedMatrixType& supported_matrix_type) const {
    const std::string where = name_of(connection);
    const bool is_listed = has_indices(where);
    weight.require_finite(where, "weight");
    require_valid_delay(where);
    const bool has_arrays = weight.is_array() || delay.is_array();
    const std::array offered{MatrixType::kSparse, MatrixType::kProcedural};
    const bool offers_both = !is_listed && !has_arrays && makes_rows_alone();
    ConnectivitySnippet snippet;
    snippet.matrix_type = choose_matrix_type(connection, supported_matrix_type,
                                             std::span(offered).first(offers_both ? 2 : 1));
    snippet.make_rows = is_listed ? explicit_rows(connection) : rule(connection);
    require_array_sizes(connection);
    snippet.weight = weight;
    snippet.delay = delay;
    return snippet;
}

bool skips_self_connections(const Connection& connection, bool allow_self_connections) {
    if (allow_self_connections || &connection.source() != &connection.target()) return false;
    return true;
}

void require_nameable(const Connection& connection, std::size_t num_pre, std::size_t per_neuron) {
    constexpr std::size_t kMostElements = std::size_t{1} << 56;
    if (per_neuron == 0 || num_pre <= kMostElements / per_neuron) return;
    throw ModelError(name_of(connection),
                     fmt::format("{} neurons with up to {} synapses each are more synapses than "
                                 "can be told apart",
                                 num_pre, per_neuron),
                     "use at most 2^56 in a connection")
        .with("connection", connection.name());
}

}  // namespace saltus
