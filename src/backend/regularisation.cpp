#include "backend/regularisation.hpp"

#include <algorithm>

namespace saltus {
namespace {

/// Whether only the neuron of an example's label is drawn to its threshold.
bool draws_label_only(const PopulationPlan& population) {
    return population.readout && population.readout->source == ReadoutSource::kFirstSpike;
}

bool needs_activity(const PopulationPlan& population) {
    const Regularisation& wanted = population.regularisation;
    return wanted.counts() || (wanted.silent > 0.0 && !draws_label_only(population));
}

}  // namespace

std::vector<std::uint32_t> silent_neurons(const PopulationPlan& population, const Pulls& pulls,
                                          std::span<const std::uint32_t> neurons,
                                          std::int32_t label) {
    std::vector<unsigned char> spiked(pulls.of_silent.size(), 0);
    for (std::size_t k = 0; k < neurons.size() && !spiked.empty(); ++k)
        spiked[neurons[k]] = 1;
    std::vector<std::uint32_t> silent;
    for (std::uint32_t j = 0; j < spiked.size(); ++j) {
        if (draws_label_only(population) && static_cast<std::int32_t>(j) != label) continue;
        if (spiked[j] == 0 && pulls.of_silent[j] > 0.0) silent.push_back(j);
    }
    return silent;
}

void BatchPulls::Activity::add(std::span<const std::uint32_t> neurons) {
    std::vector<unsigned char> seen(spikes.size(), 0);
    for (const std::uint32_t neuron : neurons) {
        spikes[neuron] += 1.0;
        if (seen[neuron] == 0) active[neuron] += 1.0;
        seen[neuron] = 1;
    }
}

BatchPulls::BatchPulls(const std::vector<PopulationPlan>& populations)
    : populations_(populations) {}

bool BatchPulls::needs_spikes() const {
    return std::any_of(populations_.begin(), populations_.end(), needs_activity);
}

void BatchPulls::begin(std::size_t examples) {
    examples_ = static_cast<double>(examples);
    activity_.clear();
    for (const PopulationPlan& population : populations_) {
        const std::vector<double> none(needs_activity(population) ? population.size : 0, 0.0);
        activity_.push_back({none, none});
    }
    finish();
}

void BatchPulls::finish() {
    pulls_.clear();
    for (std::size_t index = 0; index < populations_.size(); ++index)
        pulls_.push_back(pulls_of(index));
}

Pulls BatchPulls::pulls_of(std::size_t index) const {
    const PopulationPlan& population = populations_[index];
    const Regularisation& wanted = population.regularisation;
    Pulls pulls;
    pulls.at_spikes.assign(wanted.counts() ? population.size : 0, 0.0);
    pulls.of_silent.assign(wanted.silent > 0.0 ? population.size : 0, 0.0);
    for (std::size_t j = 0; j < pulls.at_spikes.size(); ++j) {
        const double mean = activity_[index].spikes[j] / examples_;
        pulls.at_spikes[j] = (wanted.upper * std::max(0.0, mean - wanted.most) -
                              wanted.lower * std::max(0.0, wanted.least - mean)) /
                             examples_;
    }
    for (std::size_t j = 0; j < pulls.of_silent.size(); ++j) {
        const double missing =
            draws_label_only(population)
                ? 1.0
                : std::max(0.0, wanted.active - activity_[index].active[j] / examples_);
        pulls.of_silent[j] = wanted.silent * missing / examples_;
    }
    return pulls;
}

}  // namespace saltus
