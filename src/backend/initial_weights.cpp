#include "backend/initial_weights.hpp"

#include <saltus/common/random.hpp>
#include <saltus/initializers/element_values.hpp>
#include <saltus/initializers/materialise.hpp>

#include "backend/plain_update.hpp"
#include "plan/constrain_weights.hpp"
#include "plan/synapse_table.hpp"

namespace saltus {
namespace {

// Trained weights that are read from a file keep their bits, whose norms were rounded to float32.
constexpr double kSlack = 1e-6;

std::vector<double> drawn_weights(const Plan& plan, std::size_t connection) {
    const ConnectionPlan& described = plan.connections[connection];
    const RandomStream stream(plan.seed, RandomPurpose::kWeights,
                              static_cast<std::uint32_t>(connection));
    const std::string where = "Connection " + described.name;
    if (described.rows->num_elements()) {
        return materialise(described.weight, described.num_weights(), stream, where, "weight",
                           described.weight_shape);
    }
    const ElementValues values(described.weight, stream, where, "weight");
    std::vector<double> weights;
    weights.reserve(described.num_weights());
    for_each_synapse(*described.rows, [&](std::size_t, const RowSynapse& synapse) {
        weights.push_back(values.of(synapse.element));
    });
    return weights;
}

}  // namespace

std::vector<double> initial_weights(const Plan& plan, std::size_t connection) {
    std::vector<double> weights = drawn_weights(plan, connection);
    const WeightConstraint& constraint = plan.connections[connection].constraint;
    for (double& weight : weights)
        weight = constrained(constraint, weight, weight);
    if (constraint.bounds_norm())
        bound_norms(constraint.max_norm, norm_groups(plan.connections[connection]), weights,
                    kSlack);
    return weights;
}

}  // namespace saltus
