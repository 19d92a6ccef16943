#include <saltus/compilers/surrogate_compiler.hpp>

#include <saltus/plan/lower.hpp>

#include "compilers/output_losses.hpp"
#include "plan/constrain_weights.hpp"
#include "plan/mark_rewired.hpp"

namespace saltus {

SurrogateCompiler::SurrogateCompiler(SurrogateOptions options) : options_(std::move(options)) {
    check(options_.optimiser);
    GradientClip{options_.clip_norm, options_.clip_value}.check("SurrogateCompiler");
}

DefaultParams SurrogateCompiler::default_params() {
    const ParameterDefaults scaled{{"scale_i", true}};
    return {{"LeakyIntegrate", scaled},
            {"LeakyIntegrateFire", scaled},
            {"LeakyIntegrateFireInput", scaled},
            {"AdaptiveLeakyIntegrateFire", scaled},
            {"Exponential", scaled}};
}

CompiledTrainingNetwork SurrogateCompiler::compile(const Network& network) const {
    const OutputLosses losses{"SurrogateCompiler", options_.loss, options_.losses,
                              options_.per_timestep_loss};
    LowerOptions lowering;
    lowering.per_timestep_loss = options_.per_timestep_loss;
    lowering.mode = PlanMode::kSurrogate;
    lowering.dt = options_.dt;
    lowering.num_steps = options_.example_timesteps;
    lowering.batch_size = options_.batch_size;
    lowering.seed = options_.rng_seed;
    lowering.surrogate = options_.surrogate.derivative();
    lowering.detach_reset = options_.detach_reset;
    lowering.fold_readouts = options_.fold_readouts;
    if (!options_.matrix_types.empty())
        lowering.matrix_types = SupportedMatrixType(options_.matrix_types);
    lowering.compares_steps = [&](const std::string& name) { return losses.compares_steps(name); };
    Plan plan = lower(network, lowering);
    constrain_weights(options_.weight_constraints, plan);
    mark_rewired(options_.deep_r, plan);
    plan.checkpoint_interval = options_.checkpoint_interval;
    NamedLosses of_outputs = losses.of(plan);
    return {std::move(plan),
            options_.backend,
            std::move(of_outputs),
            options_.optimiser,
            GradientClip{options_.clip_norm, options_.clip_value},
            options_.parameter_optimisers};
}

}  // namespace saltus
