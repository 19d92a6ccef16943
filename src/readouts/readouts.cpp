#include <saltus/readouts/readouts.hpp>

#include <cmath>

#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

ReadoutDeclaration same_weight(std::size_t num_steps, double weight) {
    return {ReadoutSource::kVariable, std::vector<double>(num_steps, weight)};
}

}  // namespace

ReadoutDeclaration Var::declare(std::size_t /*num_steps*/) const {
    return {ReadoutSource::kFinalVariable, {}};
}

ReadoutDeclaration SumVar::declare(std::size_t num_steps) const {
    return same_weight(num_steps, 1.0);
}

ReadoutDeclaration AvgVar::declare(std::size_t num_steps) const {
    return same_weight(num_steps, 1.0 / static_cast<double>(num_steps));
}

ReadoutDeclaration AvgVarExpWeight::declare(std::size_t num_steps) const {
    const auto steps = static_cast<double>(num_steps);
    ReadoutDeclaration declared{ReadoutSource::kVariable, {}};
    for (std::size_t step = 0; step < num_steps; ++step)
        declared.step_weights.push_back(std::exp(-static_cast<double>(step) / steps) / steps);
    return declared;
}

ReadoutDeclaration MaxVar::declare(std::size_t /*num_steps*/) const {
    return {ReadoutSource::kMaximum, {}};
}

ReadoutDeclaration FirstSpikeTime::declare(std::size_t /*num_steps*/) const {
    return {ReadoutSource::kFirstSpike, {}};
}

ReadoutDeclaration SpikeCount::declare(std::size_t /*num_steps*/) const {
    return {ReadoutSource::kSpikes, {}};
}

std::shared_ptr<const Readout> readout_by_name(const std::string& name) {
    if (name == "var") return std::make_shared<const Var>();
    if (name == "sum_var") return std::make_shared<const SumVar>();
    if (name == "avg_var") return std::make_shared<const AvgVar>();
    if (name == "avg_var_exp_weight") return std::make_shared<const AvgVarExpWeight>();
    if (name == "max_var") return std::make_shared<const MaxVar>();
    if (name == "spike_count") return std::make_shared<const SpikeCount>();
    if (name == "first_spike_time") return std::make_shared<const FirstSpikeTime>();
    throw ModelError("Readout", "there is no readout '" + name + "'",
                     suggest(name, {"var", "sum_var", "avg_var", "avg_var_exp_weight", "max_var",
                                    "spike_count", "first_spike_time"}));
}

}  // namespace saltus
