#include <saltus/compilers/event_prop_compiler.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/plan/lower.hpp>

#include "compilers/first_spike_loss.hpp"
#include "compilers/output_losses.hpp"
#include "plan/constrain_weights.hpp"
#include "plan/mark_rewired.hpp"

namespace saltus {
namespace {

void check_regularisation(const Regularisation& given, const std::string& where) {
    const std::pair<const char*, double> numbers[] = {
        {"upper", given.upper}, {"lower", given.lower},   {"most", given.most},
        {"least", given.least}, {"silent", given.silent}, {"active", given.active}};
    for (const auto& [name, value] : numbers) {
        if (std::isfinite(value) && value >= 0.0) continue;
        throw ModelError(where, fmt::format("{} of a regularisation is {:g}", name, value),
                         "give a number of at least 0")
            .with("parameter", name);
    }
    if (given.counts() && given.upper > 0.0 && given.lower > 0.0 && given.least > given.most) {
        throw ModelError(
            where,
            fmt::format("the least number of spikes of a regularisation is {:g}, above "
                        "the most, {:g}",
                        given.least, given.most),
            "give a least that is not above the most")
            .with("parameter", "least");
    }
}

}  // namespace

EventPropCompiler::EventPropCompiler(EventPropOptions options) : options_(std::move(options)) {
    if (!std::isfinite(options_.min_slope) || options_.min_slope <= 0.0) {
        throw ModelError("EventPropCompiler", fmt::format("min_slope is {:g}", options_.min_slope),
                         "give a positive number (per ms)")
            .with("parameter", "min_slope");
    }
    if (!std::isfinite(options_.ttfs_alpha) || options_.ttfs_alpha < 0.0) {
        throw ModelError("EventPropCompiler",
                         fmt::format("ttfs_alpha is {:g}", options_.ttfs_alpha),
                         "give a number of at least 0")
            .with("parameter", "ttfs_alpha");
    }
    check_regularisation(options_.regularisation, "EventPropCompiler");
    for (const auto& [name, given] : options_.regularisations)
        check_regularisation(given, "EventPropCompiler");
    check(options_.optimiser);
    if (options_.delay_optimiser) check(*options_.delay_optimiser);
    GradientClip{options_.clip_norm, options_.clip_value}.check("EventPropCompiler");
}

DefaultParams EventPropCompiler::default_params() {
    const ParameterDefaults spiking{
        {"relative_reset", false}, {"integrate_during_refrac", false}, {"scale_i", true}};
    return {{"LeakyIntegrate", {{"scale_i", true}}},
            {"LeakyIntegrateFire", spiking},
            {"LeakyIntegrateFireInput", spiking},
            {"AdaptiveLeakyIntegrateFire", spiking},
            {"Exponential", {{"scale_i", true}}}};
}

CompiledTrainingNetwork EventPropCompiler::compile(const Network& network) const {
    LowerOptions lowering;
    lowering.mode = PlanMode::kEventProp;
    lowering.dt = options_.dt;
    lowering.num_steps = options_.example_timesteps;
    lowering.batch_size = options_.batch_size;
    lowering.seed = options_.rng_seed;
    lowering.min_slope = options_.min_slope;
    lowering.learned_delays = options_.delay_learn_conns;
    lowering.fold_readouts = options_.fold_readouts;
    lowering.exact_times = options_.exact_spike_times;
    lowering.regularisation = options_.regularisation;
    lowering.regularisations = options_.regularisations;
    if (!options_.matrix_types.empty()) {
        lowering.matrix_types = SupportedMatrixType(options_.matrix_types);
    }
    const OutputLosses losses{"EventPropCompiler", options_.loss, options_.losses,
                              options_.per_timestep_loss};
    lowering.per_timestep_loss = options_.per_timestep_loss;
    lowering.compares_steps = [&](const std::string& name) { return losses.compares_steps(name); };
    Plan plan = lower(network, lowering);
    constrain_weights(options_.weight_constraints, plan);
    mark_rewired(options_.deep_r, plan);
    NamedLosses of_outputs = losses.of(plan);
    for (auto& [name, loss] : of_outputs) {
        const auto& readout = plan.populations[plan.population_index(name)].readout;
        if (readout->source != ReadoutSource::kFirstSpike) continue;
        const double duration = plan.dt * static_cast<double>(plan.num_steps);
        loss = std::make_shared<FirstSpikeLoss>(loss, duration, options_.ttfs_alpha);
    }
    ParameterOptimisers parameters = options_.parameter_optimisers;
    parameters.delays = options_.delay_optimiser;
    return {std::move(plan),
            options_.backend,
            std::move(of_outputs),
            options_.optimiser,
            GradientClip{options_.clip_norm, options_.clip_value},
            parameters};
}

}  // namespace saltus
