#include "backend/initial_weights.hpp"

#include <saltus/initializers/materialise.hpp>

#include <saltus/common/random.hpp>

namespace saltus {

std::vector<double> initial_weights(const Plan& plan, std::size_t connection) {
    const ConnectionPlan& described = plan.connections[connection];
    const RandomStream stream(plan.seed, RandomPurpose::kWeights,
                              static_cast<std::uint32_t>(connection));
    return materialise(described.weight, described.num_pre * described.num_post, stream,
                       "Connection " + described.name, "weight");
}

}  // namespace saltus
