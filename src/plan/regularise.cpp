#include "plan/regularise.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

using expr::Expression;

// A label's neuron without a spike has no gradient; this draws it to its threshold.
constexpr double kSilentLabel = 20.0;

void set_regularisation(const LowerOptions& options, PopulationPlan& population) {
    const bool spikes = population.input == InputKind::kNone && population.kernel.spiking;
    const auto named = options.regularisations.find(population.name);
    if (named != options.regularisations.end()) {
        if (!spikes) {
            throw ModelError("Population " + population.name,
                             "its spikes are not trained, so that nothing can regularise them",
                             "name a population of neurons that spike")
                .with("population", population.name)
                .with("parameter", "regularisation");
        }
        population.regularisation = named->second;
    } else if (spikes && !population.readout) {
        population.regularisation = options.regularisation;
    } else if (population.readout && population.readout->source == ReadoutSource::kFirstSpike) {
        population.regularisation.silent = kSilentLabel;
    }
}

/// On the time grid the pull goes to the states of one step, which nothing keeps.
void watch_threshold(PopulationPlan& population) {
    NeuronKernel& kernel = population.kernel;
    const Expression& crossing = population.flow.crossing;
    for (const std::string& state : kernel.states) {
        const Expression slope = derivative(crossing, state);
        const auto depends = [&](const std::string& name) { return depends_on(slope, name); };
        if (std::any_of(kernel.states.begin(), kernel.states.end(), depends)) {
            throw ModelError("Population " + population.name,
                             fmt::format("drawing silent neurons to their threshold needs one that "
                                         "is linear in the states, and {} is not",
                                         to_string(kernel.spike)),
                             "leave reg_silent out, or write a linear threshold")
                .with("population", population.name)
                .with("parameter", "regularisation")
                .unsupported();
        }
        const Expression adjoint = Expression::symbol(adjoint_state_name(state));
        kernel.drawn.push_back(simplify(adjoint - slope * Expression::symbol(kSilencePull)));
    }
    kernel.minds_silence = true;
    kernel.crossing = crossing;
}

}  // namespace

void regularise(const LowerOptions& options, Plan& plan) {
    for (const auto& [name, given] : options.regularisations)
        plan.population_index(name);  // throws for a name that there is not
    for (PopulationPlan& population : plan.populations) {
        set_regularisation(options, population);
        if (population.regularisation.silent > 0.0 && !plan.exact_times)
            watch_threshold(population);
    }
}

}  // namespace saltus
