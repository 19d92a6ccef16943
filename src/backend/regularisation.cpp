#include "backend/regularisation.hpp"

#include <algorithm>

namespace saltus {

void Activity::add(std::span<const std::uint32_t> neurons) {
    std::vector<bool> seen(spikes.size(), false);
    for (const std::uint32_t neuron : neurons) {
        spikes[neuron] += 1.0;
        if (!seen[neuron]) active[neuron] += 1.0;
        seen[neuron] = true;
    }
}

bool draws_label_only(const PopulationPlan& population) {
    return population.readout && population.readout->source == ReadoutSource::kFirstSpike;
}

bool needs_activity(const PopulationPlan& population) {
    const Regularisation& wanted = population.regularisation;
    return wanted.counts() || (wanted.silent > 0.0 && !draws_label_only(population));
}

Pulls pulls_of(const PopulationPlan& population, const Activity& activity, std::size_t examples) {
    const Regularisation& wanted = population.regularisation;
    const auto share = static_cast<double>(examples);
    Pulls pulls;
    pulls.at_spikes.assign(wanted.counts() ? population.size : 0, 0.0);
    pulls.of_silent.assign(wanted.silent > 0.0 ? population.size : 0, 0.0);
    for (std::size_t j = 0; j < pulls.at_spikes.size(); ++j) {
        const double mean = activity.spikes[j] / share;
        pulls.at_spikes[j] = (wanted.upper * std::max(0.0, mean - wanted.most) -
                              wanted.lower * std::max(0.0, wanted.least - mean)) /
                             share;
    }
    for (std::size_t j = 0; j < pulls.of_silent.size(); ++j) {
        const double missing = draws_label_only(population)
                                   ? 1.0
                                   : std::max(0.0, wanted.active - activity.active[j] / share);
        pulls.of_silent[j] = wanted.silent * missing / share;
    }
    return pulls;
}

std::vector<std::uint32_t> silent_neurons(const PopulationPlan& population, const Pulls& pulls,
                                          std::span<const std::uint32_t> neurons,
                                          std::int32_t label) {
    std::vector<bool> spiked(pulls.of_silent.size(), false);
    for (std::size_t k = 0; k < neurons.size() && !spiked.empty(); ++k)
        spiked[neurons[k]] = true;
    std::vector<std::uint32_t> silent;
    for (std::uint32_t j = 0; j < spiked.size(); ++j) {
        if (draws_label_only(population) && static_cast<std::int32_t>(j) != label) continue;
        if (!spiked[j] && pulls.of_silent[j] > 0.0) silent.push_back(j);
    }
    return silent;
}

}  // namespace saltus
