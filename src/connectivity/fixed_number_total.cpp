#include <saltus/connectivity/fixed_number_total.hpp>

#include <saltus/network/connection.hpp>

#include "connectivity/drawn_pairs.hpp"

namespace saltus {

FixedNumberTotal::FixedNumberTotal(std::size_t number, InitValue weight_value,
                                   InitValue delay_value, bool allow_self_connections)
    : SparseBase(std::move(weight_value), std::move(delay_value), "FixedNumberTotal"),
      number_(number),
      allow_self_connections_(allow_self_connections) {}

SparseBase::RowMaker FixedNumberTotal::rule(const Connection& connection) const {
    const DrawnPairs pairs{connection.source().size(), connection.target().size(), number_,
                           skips_self_connections(connection, allow_self_connections_)};
    require_drawable(connection, pairs, number_);
    return [pairs](const RandomStream& stream) { return draw_pairs(pairs, stream); };
}

std::optional<std::size_t> FixedNumberTotal::num_values(const Connection&) const {
    return number_;
}

}  // namespace saltus
