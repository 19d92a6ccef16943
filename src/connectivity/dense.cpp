#include <saltus/connectivity/dense.hpp>

#include <array>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/network/connection.hpp>
#include <saltus/network/population.hpp>

#include "connectivity/dense_rows.hpp"

namespace saltus {
namespace {

void require_fit(const Population& population, std::size_t extent, const std::string& role,
                 const Array& weights, const std::string& where) {
    if (!population.has_shape() || population.size() == extent) return;
    throw ModelError(where,
                     fmt::format("weights of shape {} do not fit its {} '{}' of shape {}",
                                 to_string(weights.shape), role, population.name(),
                                 to_string(population.shape())),
                     "give weights of shape (source size, target size)")
        .with("population", population.name())
        .with("shape", to_string(population.shape()))
        .with("weight_shape", to_string(weights.shape));
}

}  // namespace

Dense::Dense(InitValue weight_value, InitValue delay_value)
    : Connectivity(std::move(weight_value), std::move(delay_value)) {
    weight.require_finite("Dense", "weight");
    require_valid_delay("Dense");
    if (delay.is_array() && weight.is_array() && delay.array().size() != weight.array().size()) {
        throw ModelError(
            "Dense",
            fmt::format("weights of shape {} and delays of shape {} differ",
                        to_string(weight.array().shape), to_string(delay.array().shape)),
            "give one delay for each weight");
    }
}

void Dense::connect(Population& source, Population& target) const {
    if (!weight.is_array()) return;
    const Array& weights = weight.array();
    const std::string where = "Connection " + source.name() + "->" + target.name();
    if (weights.shape.rank() != 2) {
        throw ModelError(where,
                         fmt::format("weights of shape {} have {} axes", to_string(weights.shape),
                                     weights.shape.rank()),
                         "give weights of shape (source size, target size)")
            .with("weight_shape", to_string(weights.shape))
            .unsupported();
    }
    // Both are checked before either gets a shape, so that an error changes nothing.
    require_fit(source, weights.shape[0], "source", weights, where);
    require_fit(target, weights.shape[1], "target", weights, where);
    if (!source.has_shape()) source.set_shape(Shape{weights.shape[0]});
    if (!target.has_shape()) target.set_shape(Shape{weights.shape[1]});
}

ConnectivitySnippet Dense::get_snippet(const Connection& connection,
                                       const SupportedMatrixType& supported_matrix_type) const {
    ConnectivitySnippet snippet;
    const std::size_t pre = connection.source().size();
    const std::size_t post = connection.target().size();
    snippet.matrix_type =
        choose_matrix_type(connection, supported_matrix_type, std::array{MatrixType::kDense});
    snippet.make_rows = [=](const RandomStream&) { return std::make_shared<DenseRows>(pre, post); };
    snippet.weight = weight;
    snippet.delay = delay;
    snippet.weight_shape = Shape{pre, post};
    return snippet;
}

}  // namespace saltus
