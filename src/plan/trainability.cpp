#include "plan/trainability.hpp"

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

namespace saltus {
namespace {

const char* compiler_of(PlanMode mode) {
    switch (mode) {
        case PlanMode::kInference:
            return "InferenceCompiler";
        case PlanMode::kEventProp:
            return "EventPropCompiler";
        case PlanMode::kSurrogate:
            return "SurrogateCompiler";
        case PlanMode::kEProp:
            return "EPropCompiler";
    }
    return "";
}

void check_readout(const PopulationPlan& population, PlanMode mode, bool exact_times) {
    if (!population.readout) return;
    const ReadoutSource source = population.readout->source;
    const bool reads_first = source == ReadoutSource::kFirstSpike;
    if (exact_times ? source != ReadoutSource::kMaximum
                    : !reads_first || mode == PlanMode::kEventProp)
        return;
    throw ModelError(
        "Population " + population.name,
        fmt::format("{} does not train readout '{}'{}", compiler_of(mode), population.readout->name,
                    exact_times ? " with exact spike times" : ""),
        reads_first ? "use EventPropCompiler, or read a variable (avg_var, sum_var, var)"
                    : "use spike_times = \"grid\", or read another variable (avg_var, "
                      "sum_var, var)")
        .with("population", population.name)
        .unsupported();
}

/// Without any, the end of the refractory time and the spike would be one.
void check_refractory_times(const PopulationPlan& population) {
    const Coefficient& times = population.coefficient(population.kernel.refractory_time);
    for (const double time : times.values) {
        if (time > 0.0) continue;
        throw ModelError("Population " + population.name,
                         fmt::format("a refractory time is {:g} ms", time),
                         "give positive times, or leave tau_refrac out")
            .with("population", population.name)
            .with("parameter", "tau_refrac");
    }
}

void check_population(const PopulationPlan& population) {
    const std::string where = "Population " + population.name;
    const bool gets_adjoint = population.input == InputKind::kNone;
    if (gets_adjoint && population.kernel.refractory) check_refractory_times(population);
    if (population.readout && population.readout->source == ReadoutSource::kSpikes) {
        throw ModelError(where,
                         "the loss of a spike count has no gradient, since a count does not change "
                         "when spikes move",
                         "read a variable of a leaky_integrate population (avg_var, sum_var, var)")
            .with("population", population.name)
            .unsupported();
    }
}

void check_connection(const Plan& plan, const ConnectionPlan& connection) {
    const PopulationPlan& target = plan.populations[connection.target];
    if (target.kernel.group_has_state[connection.group]) return;
    throw ModelError("Connection " + connection.name,
                     "EventPropCompiler does not train through impulses (delta synapses), whose "
                     "spikes have no slope at the threshold",
                     "use an exponential synapse")
        .with("connection", connection.name)
        .unsupported();
}

/// Nothing reaches an input, so that nothing goes back to its parameters.
void check_parameters(const PopulationPlan& population) {
    if (population.trained.empty() || population.input == InputKind::kNone) return;
    throw ModelError("Population " + population.name,
                     fmt::format("{} is marked as trainable, but the population is an input",
                                 population.trained.front().name()),
                     "train parameters of populations behind inputs")
        .with("population", population.name)
        .with("parameter", population.trained.front().parameter)
        .unsupported();
}

}  // namespace

void mark_trainable(Plan& plan) {
    const bool through_times = plan.mode == PlanMode::kEventProp;
    const std::string compiler = compiler_of(plan.mode);
    if (plan.outputs().empty()) {
        throw ModelError(compiler, "no population has a readout, so there is no loss",
                         "give the output population's neuron a readout, for example avg_var");
    }
    for (const PopulationPlan& population : plan.populations) {
        check_parameters(population);
        if (through_times) check_population(population);
        check_readout(population, plan.mode, plan.exact_times);
    }
    for (ConnectionPlan& connection : plan.connections) {
        if (through_times) check_connection(plan, connection);
        connection.trainable = connection.may_train && connection.num_weights() > 0;
    }
}

}  // namespace saltus
