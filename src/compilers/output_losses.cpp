#include "compilers/output_losses.hpp"

#include <vector>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/losses/per_timestep.hpp>

#include "common/text.hpp"

namespace saltus {

namespace {

void check_readout(const PopulationPlan& population, const Loss& loss) {
    if (!loss.needs_first_spikes() || population.readout->source == ReadoutSource::kFirstSpike)
        return;
    throw ModelError("Population " + population.name,
                     fmt::format("the loss {} compares times of first spikes, and its readout is "
                                 "'{}'",
                                 loss.name(), population.readout->name),
                     "read first_spike_time, with EventPropCompiler, or choose another loss")
        .with("population", population.name)
        .with("parameter", "loss")
        .unsupported();
}

}  // namespace

bool OutputLosses::compares_steps(const std::string& population) const {
    if (per_timestep) return true;
    const auto found = single.find(population);
    const auto& loss = found != single.end() ? found->second : common;
    return loss != nullptr && loss->takes_steps();
}

NamedLosses OutputLosses::of(const Plan& plan) const {
    NamedLosses losses;
    std::vector<std::string> outputs;
    for (const std::size_t output : plan.outputs()) {
        outputs.push_back(plan.populations[output].name);
        losses[outputs.back()] = common;
    }
    for (const auto& [name, loss] : single) {
        if (losses.find(name) == losses.end()) {
            throw ModelError(compiler,
                             fmt::format("there is a loss for '{}', which is no output", name),
                             suggest(name, outputs))
                .with("population", name);
        }
        losses[name] = loss;
    }
    for (const auto& [name, loss] : losses) {
        if (loss) continue;
        throw ModelError(compiler, fmt::format("the loss of '{}' is null", name),
                         "give a loss for every output")
            .with("population", name);
    }
    for (const auto& [name, loss] : losses)
        check_readout(plan.populations[plan.population_index(name)], *loss);
    for (auto& [name, loss] : losses)
        if (per_timestep) loss = std::make_shared<PerTimestep>(loss, plan.num_steps);
    return losses;
}

}  // namespace saltus
