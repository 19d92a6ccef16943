#include "plan/name_events.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace saltus {

using expr::Expression;

void name_events(const PopulationPlan& population, CoefficientRecipe& recipe) {
    const NeuronKernel& kernel = population.kernel;
    std::map<std::string, Expression> at_zero;
    for (const std::string& state : kernel.states)
        at_zero.emplace(state, Expression(0.0));
    // What depends on states is no number; such models are refused later.
    const auto add = [&](const std::string& name, const Expression& expression) {
        recipe.add(name, simplify(substitute(expression, at_zero)));
    };
    for (std::size_t a = 0; a < kernel.num_states(); ++a) {
        const std::string& state = kernel.states[a];
        add("_crossing_" + state, derivative(population.flow.crossing, state));
        for (const std::string& other : kernel.states)
            add("_reset_" + state + "_" + other, derivative(kernel.reset[a], other));
        add("_reset_" + state, kernel.reset[a]);
    }
    add("_crossing", population.flow.crossing);
}

void list_flow_parameters(PopulationPlan& population) {
    constexpr std::array<std::string_view, 6> kFlow{"_flow_", "_slope_",   "_rate",
                                                    "_feed",  "_crossing", "_reset_"};
    NeuronKernel& kernel = population.kernel;
    kernel.parameters.clear();
    kernel.parameter_update.clear();
    kernel.parameter_decay.clear();
    for (const Coefficient& coefficient : population.coefficients) {
        const bool is_of_flow = std::any_of(
            kFlow.begin(), kFlow.end(),
            [&](std::string_view beginning) { return coefficient.name.starts_with(beginning); });
        if (coefficient.moves && is_of_flow) kernel.parameters.push_back(coefficient.name);
    }
}

}  // namespace saltus
