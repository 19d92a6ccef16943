#include <saltus/compilers/e_prop_compiler.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"
#include "compilers/lagged_loss.hpp"
#include "compilers/output_losses.hpp"
#include "plan/constrain_weights.hpp"
#include "plan/mark_rewired.hpp"

namespace saltus {
namespace {

void require(bool valid, const char* name, double value, const char* advice) {
    if (valid) return;
    throw ModelError("EPropCompiler", fmt::format("{} is {:g}", name, value), advice)
        .with("parameter", name);
}

}  // namespace

Feedback feedback_by_name(const std::string& name) {
    if (name == "symmetric") return Feedback::kSymmetric;
    if (name == "random") return Feedback::kRandom;
    if (name == "adaptive") return Feedback::kAdaptive;
    throw ModelError("EPropCompiler", fmt::format("there is no feedback '{}'", name),
                     suggest(name, {"symmetric", "random", "adaptive"}))
        .with("parameter", "feedback");
}

EPropCompiler::EPropCompiler(EPropOptions options) : options_(std::move(options)) {
    const EPropOptions& o = options_;
    const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
    const auto not_negative = [](double value) { return std::isfinite(value) && value >= 0.0; };
    require(positive(o.tau_reg), "tau_reg", o.tau_reg, "give a positive time in ms");
    require(not_negative(o.c_reg), "c_reg", o.c_reg, "give a number of at least 0");
    require(not_negative(o.f_target), "f_target", o.f_target,
            "give a rate of at least 0 spikes per second");
    require(positive(o.feedback_scale), "feedback_scale", o.feedback_scale,
            "give a positive number");
    require(o.feedback_decay >= 0.0 && o.feedback_decay <= 1.0, "feedback_decay", o.feedback_decay,
            "give a fraction in [0, 1]");
    if (o.mlgenn_lags && !o.per_timestep_loss) {
        throw ModelError("EPropCompiler", "mlgenn_lags needs a loss of every timestep",
                         "set per_timestep_loss, or leave out mlgenn_lags")
            .with("parameter", "mlgenn_lags");
    }
    check(o.optimiser);
    GradientClip{o.clip_norm, o.clip_value}.check("EPropCompiler");
}

DefaultParams EPropCompiler::default_params() {
    const ParameterDefaults spiking{
        {"relative_reset", true}, {"integrate_during_refrac", true}, {"scale_i", false}};
    return {{"LeakyIntegrate", {{"scale_i", false}}},
            {"LeakyIntegrateFire", spiking},
            {"LeakyIntegrateFireInput", spiking},
            {"AdaptiveLeakyIntegrateFire", spiking}};
}

CompiledTrainingNetwork EPropCompiler::compile(const Network& network) const {
    const OutputLosses losses{"EPropCompiler", options_.loss, options_.losses,
                              options_.per_timestep_loss};
    LowerOptions lowering;
    lowering.per_timestep_loss = options_.per_timestep_loss;
    lowering.mode = PlanMode::kEProp;
    lowering.trains_output_bias = options_.train_output_bias;
    lowering.dt = options_.dt;
    lowering.num_steps = options_.example_timesteps;
    lowering.batch_size = options_.batch_size;
    lowering.seed = options_.rng_seed;
    if (options_.surrogate) lowering.surrogate = options_.surrogate->derivative();
    lowering.rate_target = {options_.c_reg, options_.tau_reg, options_.f_target,
                            !options_.mlgenn_lags};
    lowering.feedback = options_.feedback;
    lowering.feedback_scale = options_.feedback_scale;
    lowering.feedback_decay = options_.feedback_decay;
    lowering.lags_behind = options_.mlgenn_lags;
    lowering.fold_readouts = options_.fold_readouts;
    if (!options_.matrix_types.empty())
        lowering.matrix_types = SupportedMatrixType(options_.matrix_types);
    lowering.compares_steps = [&](const std::string& name) { return losses.compares_steps(name); };
    Plan plan = lower(network, lowering);
    constrain_weights(options_.weight_constraints, plan);
    mark_rewired(options_.deep_r, plan);
    NamedLosses of_outputs = losses.of(plan);
    for (auto& [name, loss] : of_outputs) {
        if (options_.mlgenn_lags)
            loss = std::make_shared<LaggedLoss>(loss, options_.example_timesteps);
    }
    return {std::move(plan),
            options_.backend,
            std::move(of_outputs),
            options_.optimiser,
            GradientClip{options_.clip_norm, options_.clip_value},
            options_.parameter_optimisers};
}

}  // namespace saltus
