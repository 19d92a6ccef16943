#include <saltus/connectivity/one_to_one.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/random_rows.hpp"

namespace saltus {

OneToOne::OneToOne(InitValue weight_value, InitValue delay_value)
    : SparseBase(std::move(weight_value), std::move(delay_value), "OneToOne") {}

void OneToOne::connect(Population& source, Population& target) const {
    const std::string where = "Connection " + source.name() + "->" + target.name();
    const bool is_listed = has_indices(where);
    if (source.has_shape() && !target.has_shape()) target.set_shape(source.shape());
    if (!source.has_shape() && target.has_shape()) source.set_shape(target.shape());
    if (is_listed || !source.has_shape() || source.shape() == target.shape()) return;
    throw ModelError(
        where,
        fmt::format("its source '{}' has shape {} and its target '{}' has shape {}", source.name(),
                    to_string(source.shape()), target.name(), to_string(target.shape())),
        "give both the same shape")
        .with("population", target.name())
        .with("shape", to_string(target.shape()));
}

SparseBase::RowMaker OneToOne::rule(const Connection& connection) const {
    const std::size_t size = connection.source().size();
    if (connection.target().size() != size) {
        throw ModelError("Connection " + connection.name(),
                         fmt::format("its source has {} neurons and its target {}", size,
                                     connection.target().size()),
                         "give both the same shape")
            .with("connection", connection.name());
    }
    return [size](const RandomStream&) { return std::make_shared<OneToOneRows>(size); };
}

std::optional<std::size_t> OneToOne::num_values(const Connection& connection) const {
    return connection.source().size();
}

}  // namespace saltus
