#include <saltus/connectivity/fixed_probability.hpp>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>

#include "connectivity/random_rows.hpp"

namespace saltus {

FixedProbability::FixedProbability(double p, InitValue weight_value, bool allow_self_connections,
                                   InitValue delay_value)
    : SparseBase(std::move(weight_value), std::move(delay_value), "FixedProbability"),
      p_(p),
      allow_self_connections_(allow_self_connections) {
    // Written so that a NaN does not pass.
    if (p >= 0.0 && p <= 1.0) return;
    throw ModelError("FixedProbability", fmt::format("p is {:g}", p), "give a probability, 0 to 1")
        .with("parameter", "p");
}

SparseBase::RowMaker FixedProbability::rule(const Connection& connection) const {
    const std::size_t pre = connection.source().size();
    const std::size_t post = connection.target().size();
    require_nameable(connection, pre, post);
    const bool skips_self = skips_self_connections(connection, allow_self_connections_);
    return [=, p = p_](const RandomStream& stream) {
        return std::make_shared<FixedProbabilityRows>(pre, post, p, skips_self, stream);
    };
}

}  // namespace saltus
