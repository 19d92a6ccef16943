#include <saltus/plan/lower.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "plan/check_exact_times.hpp"
#include "plan/derive_adjoint.hpp"
#include "plan/derive_eprop.hpp"
#include "plan/derive_surrogate.hpp"
#include "plan/fold_readouts.hpp"
#include "plan/lay_out.hpp"
#include "plan/learned_delays.hpp"
#include "plan/name_events.hpp"
#include "plan/regularise.hpp"
#include "plan/resolve_model.hpp"
#include "plan/schedule.hpp"
#include "plan/trainability.hpp"

namespace saltus {
namespace {

void check_options(const LowerOptions& options) {
    const auto refuse = [](const std::string& problem, const std::string& advice) {
        throw ModelError("Compiler", problem, advice);
    };
    if (!std::isfinite(options.dt) || options.dt <= 0.0) {
        refuse(fmt::format("dt is {:g} ms", options.dt), "give a positive timestep");
    }
    if (options.num_steps == 0 || options.num_steps > 100'000'000) {
        refuse(fmt::format("an example has {} timesteps", options.num_steps),
               "give a number from 1 to 100000000");
    }
    if (options.batch_size == 0) refuse("batch_size is 0", "give at least 1");
}

void attach_readout(const Population& population, std::size_t num_steps, PopulationPlan& plan) {
    if (!population.neuron().readout) return;
    const Readout& readout = *population.neuron().readout;
    const ReadoutDeclaration declared = readout.declare(num_steps);
    const bool of_spikes = reads_spikes(declared.source);
    if (of_spikes ? !plan.kernel.spiking : plan.kernel.states.empty()) {
        throw ModelError("Population " + plan.name,
                         fmt::format("readout '{}' does not fit {}", readout.name(), plan.model),
                         of_spikes ? "read a variable, or use a neuron that spikes"
                                   : "read a population with an output variable")
            .with("population", plan.name);
    }
    plan.readout = ReadoutPlan{readout.name(), declared.source, declared.step_weights, {}};
    if (declared.source == ReadoutSource::kVariable) {
        plan.kernel.readout = ReadoutKind::kWeightedOutput;
    } else if (declared.source == ReadoutSource::kSpikes) {
        plan.kernel.readout = ReadoutKind::kSpikeCount;
    } else if (declared.source == ReadoutSource::kMaximum) {
        plan.kernel.readout = ReadoutKind::kGreatestOutput;
    }
}

/// Whether the loss of a readout may compare the output variable of every step.
bool reads_steps(const ReadoutPlan& readout, bool per_timestep_loss) {
    return readout.source == ReadoutSource::kFinalVariable ||
           (per_timestep_loss && readout.source == ReadoutSource::kVariable);
}

void require_steps(const PopulationPlan& population) {
    if (population.compares_steps) return;
    throw ModelError("Population " + population.name,
                     fmt::format("its readout '{}' is not one of a variable, so that there is no "
                                 "loss of every timestep",
                                 population.readout->name),
                     "read a variable (avg_var, sum_var, var), or leave out per_timestep_loss")
        .with("population", population.name)
        .unsupported();
}

/// Kernels note steps as float32 numbers.
void require_countable_steps(const Plan& plan) {
    constexpr std::size_t kMost = std::size_t{1} << 24;
    if (!plan.trains() || plan.num_steps <= kMost) return;
    for (const PopulationPlan& population : plan.populations) {
        const bool dates = population.kernel.readout == ReadoutKind::kGreatestOutput;
        if (!dates && !population.kernel.minds_silence) continue;
        throw ModelError("Population " + population.name,
                         fmt::format("which of {} timesteps counts is not noted", plan.num_steps),
                         fmt::format("use at most {} timesteps, or leave out the readout max_var "
                                     "and reg_silent",
                                     kMost))
            .with("population", population.name)
            .unsupported();
    }
}

}  // namespace

Plan lower(const Network& network, const LowerOptions& options) {
    check_options(options);
    network.validate();
    Plan plan;
    plan.mode = options.mode;
    plan.dt = options.dt;
    plan.num_steps = options.num_steps;
    plan.batch_size = options.batch_size;
    plan.seed = options.seed;
    plan.carry = options.carry;
    plan.clock_goes_on = options.clock_goes_on;
    plan.exact_times = options.exact_times;
    plan.connections = lay_out_connections(network, options.matrix_types, options.seed,
                                           options.exact_times, options.learned_delays);
    const ResolveOptions resolving{options.dt, options.seed, options.trains_output_bias,
                                   options.exact_times};
    for (const auto& population : network.populations()) {
        plan.populations.push_back(resolve_model(*population, resolving, plan.connections));
        PopulationPlan& added = plan.populations.back();
        attach_readout(*population, options.num_steps, added);
        added.compares_steps = added.readout && options.compares_steps &&
                               reads_steps(*added.readout, options.per_timestep_loss) &&
                               options.compares_steps(added.name);
        if (options.per_timestep_loss && added.readout) require_steps(added);
    }
    if (plan.trains()) mark_trainable(plan);
    for (PopulationPlan& population : plan.populations) {
        if (population.input != InputKind::kNone) continue;
        if (plan.mode == PlanMode::kEventProp) derive_adjoint(population, options.min_slope);
        if (plan.exact_times) list_flow_parameters(population);
        if (plan.mode == PlanMode::kSurrogate)
            derive_surrogate(population, options.surrogate, options.detach_reset);
        if (plan.mode == PlanMode::kEProp) derive_eprop(population, options);
    }
    if (plan.mode == PlanMode::kEventProp) regularise(options, plan);
    if (plan.mode == PlanMode::kEProp) plan_learning_signals(plan, options);
    require_countable_steps(plan);
    // A fold knows no more than the spikes of one example.
    if (options.fold_readouts && !plan.exact_times && !plan.carry.any() && !plan.clock_goes_on)
        fold_readouts(plan);
    for (PopulationPlan& population : plan.populations)
        collect_coefficients(population);
    schedule(plan);
    check_learned_delays(options.learned_delays, plan);
    if (plan.exact_times) check_exact_times(plan);
    return plan;
}

}  // namespace saltus
