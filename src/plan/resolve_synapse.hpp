#pragma once

#include <functional>
#include <string>

#include <saltus/network/synapse.hpp>
#include <saltus/plan/plan.hpp>

#include "plan/coefficient_recipe.hpp"

namespace saltus {

/// A text that is the same for synapses whose arrivals may be added up: of the same equations and
/// the same constant parameters.
std::string signature_of(const SynapseDeclaration& synapse, const std::string& connection);

/// Turns declared synapses into groups of a population: one a state, or one for impulses.
class SynapseResolver {
  public:
    /// Adds the values of a parameter to the recipe under a name, for a connection.
    using TakeParameter =
        std::function<void(const ParameterDeclaration& parameter, const std::string& coefficient,
                           const std::string& connection)>;

    SynapseResolver(PopulationPlan& plan, CoefficientRecipe& recipe, double dt)
        : plan_(plan), recipe_(recipe), dt_(dt) {}

    /// @return the group at which spikes arrive.
    /// @throws ModelError naming the connection.
    std::size_t add(const SynapseDeclaration& synapse, const std::string& connection,
                    const TakeParameter& take);

  private:
    PopulationPlan& plan_;
    CoefficientRecipe& recipe_;
    double dt_;
};

}  // namespace saltus
