#include <saltus/compilers/event_prop_compiler.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/plan/lower.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

std::map<std::string, std::shared_ptr<const Loss>> losses_of(const Plan& plan,
                                                             const EventPropOptions& options) {
    std::map<std::string, std::shared_ptr<const Loss>> losses;
    std::vector<std::string> outputs;
    for (const std::size_t output : plan.outputs()) {
        outputs.push_back(plan.populations[output].name);
        losses[outputs.back()] = options.loss;
    }
    for (const auto& [name, loss] : options.losses) {
        if (losses.find(name) == losses.end()) {
            throw ModelError("EventPropCompiler",
                             fmt::format("there is a loss for '{}', which is no output", name),
                             suggest(name, outputs))
                .with("population", name);
        }
        losses[name] = loss;
    }
    for (const auto& [name, loss] : losses) {
        if (loss) continue;
        throw ModelError("EventPropCompiler", fmt::format("the loss of '{}' is null", name),
                         "give a loss for every output")
            .with("population", name);
    }
    return losses;
}

}  // namespace

EventPropCompiler::EventPropCompiler(EventPropOptions options) : options_(std::move(options)) {
    if (!std::isfinite(options_.min_slope) || options_.min_slope <= 0.0) {
        throw ModelError("EventPropCompiler", fmt::format("min_slope is {:g}", options_.min_slope),
                         "give a positive number (per ms)")
            .with("parameter", "min_slope");
    }
    options_.optimiser.check();
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
    lowering.compares_steps = [this](const std::string& population) {
        const auto found = options_.losses.find(population);
        const auto& loss = found != options_.losses.end() ? found->second : options_.loss;
        return loss != nullptr && loss->takes_steps();
    };
    Plan plan = lower(network, lowering);
    std::map<std::string, std::shared_ptr<const Loss>> losses = losses_of(plan, options_);
    return {std::move(plan), options_.backend, std::move(losses), options_.optimiser};
}

}  // namespace saltus
