#include <saltus/connectivity/fixed_number_pre.hpp>

#include <saltus/network/connection.hpp>

#include "connectivity/drawn_pairs.hpp"

namespace saltus {

FixedNumberPre::FixedNumberPre(std::size_t number, InitValue weight_value, InitValue delay_value,
                               bool allow_self_connections)
    : SparseBase(std::move(weight_value), std::move(delay_value), "FixedNumberPre"),
      number_(number),
      allow_self_connections_(allow_self_connections) {}

SparseBase::RowMaker FixedNumberPre::rule(const Connection& connection) const {
    const DrawnPairs pairs{connection.source().size(), connection.target().size(), number_,
                           skips_self_connections(connection, allow_self_connections_)};
    require_nameable(connection, pairs.num_post, number_);
    require_drawable(connection, pairs, pairs.num_post * number_);
    return [pairs](const RandomStream& stream) { return draw_sources(pairs, stream); };
}

std::optional<std::size_t> FixedNumberPre::num_values(const Connection& connection) const {
    return connection.target().size() * number_;
}

}  // namespace saltus
