#include <saltus/compilers/event_prop_compiler.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/plan/lower.hpp>

#include "compilers/output_losses.hpp"

namespace saltus {
EventPropCompiler::EventPropCompiler(EventPropOptions options) : options_(std::move(options)) {
    if (!std::isfinite(options_.min_slope) || options_.min_slope <= 0.0) {
        throw ModelError("EventPropCompiler", fmt::format("min_slope is {:g}", options_.min_slope),
                         "give a positive number (per ms)")
            .with("parameter", "min_slope");
    }
    check(options_.optimiser);
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
    lowering.fold_readouts = options_.fold_readouts;
    if (!options_.matrix_types.empty()) {
        lowering.matrix_types = SupportedMatrixType(options_.matrix_types);
    }
    const OutputLosses losses{"EventPropCompiler", options_.loss, options_.losses,
                              options_.per_timestep_loss};
    lowering.per_timestep_loss = options_.per_timestep_loss;
    lowering.compares_steps = [&](const std::string& name) { return losses.compares_steps(name); };
    Plan plan = lower(network, lowering);
    NamedLosses of_outputs = losses.of(plan);
    return {std::move(plan), options_.backend, std::move(of_outputs), options_.optimiser,
            GradientClip{options_.clip_norm, options_.clip_value}};
}

}  // namespace saltus
