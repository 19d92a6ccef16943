#include <saltus/connectivity/fixed_number_post.hpp>

#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/drawn_pairs.hpp"
#include "connectivity/random_rows.hpp"

namespace saltus {

FixedNumberPost::FixedNumberPost(std::size_t number, InitValue weight_value, InitValue delay_value,
                                 bool allow_self_connections)
    : SparseBase(std::move(weight_value), std::move(delay_value), "FixedNumberPost"),
      number_(number),
      allow_self_connections_(allow_self_connections) {}

SparseBase::RowMaker FixedNumberPost::rule(const Connection& connection) const {
    const DrawnPairs pairs{connection.source().size(), connection.target().size(), number_,
                           skips_self_connections(connection, allow_self_connections_)};
    require_nameable(connection, pairs.num_pre, number_);
    // One row is made at once; how many there are does not matter.
    require_drawable(connection, pairs, number_);
    return [pairs](const RandomStream& stream) {
        return std::make_shared<FixedNumberPostRows>(pairs.num_pre, pairs.num_post, pairs.number,
                                                     pairs.skips_self, stream);
    };
}

std::optional<std::size_t> FixedNumberPost::num_values(const Connection& connection) const {
    return connection.source().size() * number_;
}

}  // namespace saltus
