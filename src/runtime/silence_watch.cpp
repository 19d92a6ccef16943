#include "runtime/silence_watch.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <saltus/data/batch_order.hpp>

namespace saltus {
namespace {

// So many examples show what reaches a population.
constexpr std::size_t kExamples = 8;

std::size_t count_spikes(const BatchResult& result, std::size_t population) {
    std::size_t count = 0;
    for (const Recording& recording : result.recordings) {
        const RecordedSpikes& spikes = recording.spikes[population];
        count += spikes.list.neurons.size();
        for (const std::uint32_t word : spikes.words)
            count += static_cast<std::size_t>(std::popcount(word));
    }
    return count;
}

double greatest_state(const BatchResult& result, std::size_t population, std::size_t state) {
    double greatest = -std::numeric_limits<double>::infinity();
    for (const Recording& recording : result.recordings) {
        for (const double value : recording.states[population][state])
            greatest = std::max(greatest, value);
    }
    return greatest;
}

/// A connection into the population: what spikes bring, and how strongly it passes them on.
std::string describe_drive(const NetworkState& network, std::size_t index,
                           const BatchResult& result, std::size_t examples) {
    const ConnectionPlan& connection = network.plan.connections[index];
    const double spikes = static_cast<double>(count_spikes(result, connection.source)) /
                          static_cast<double>(examples);
    std::string text =
        fmt::format("{:.3g} spikes an example of '{}' through '{}'", spikes,
                    network.plan.populations[connection.source].name, connection.name);
    if (connection.num_weights() > 0) {
        const std::vector<double> weights = network.program->weights(index);
        const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) /
                            static_cast<double>(weights.size());
        text += fmt::format(" (mean weight {:.3g})", mean);
    }
    return text;
}

}  // namespace

SilenceWatch::SilenceWatch(const Plan& plan) : watched_(plan.populations.size(), false) {
    for (const ConnectionPlan& connection : plan.connections) {
        const PopulationPlan& source = plan.populations[connection.source];
        if (source.has_equations() && source.kernel.spiking) watched_[connection.source] = true;
    }
}

void SilenceWatch::begin_epoch() {
    silent_ = watched_;
}

void SilenceWatch::update(const BatchResult& result) {
    for (std::size_t index = 0; index < silent_.size(); ++index) {
        if (result.has_spiked[index]) silent_[index] = false;
    }
}

std::vector<std::size_t> SilenceWatch::end_epoch() {
    std::vector<std::size_t> found;
    for (std::size_t index = 0; index < silent_.size(); ++index) {
        if (!silent_[index]) continue;
        found.push_back(index);
        watched_[index] = false;
    }
    return found;
}

std::string describe_silence(NetworkState& network, const BoundData& data, std::size_t population,
                             std::size_t epoch) {
    const PopulationPlan& plan = network.plan.populations[population];
    const std::size_t examples = std::min({kExamples, data.num_examples, network.plan.batch_size});
    const std::vector<std::uint32_t> order = natural_order(examples);
    Batch batch;
    batch.inputs = data.inputs;
    batch.targets.resize(network.plan.populations.size());
    batch.examples = order;
    batch.records.resize(network.plan.populations.size());
    batch.records[population].states.resize(plan.kernel.num_states());
    batch.records[population].states[plan.kernel.output] = true;
    for (const ConnectionPlan& connection : network.plan.connections) {
        if (connection.target == population) batch.records[connection.source].spikes = true;
    }
    BatchResult result;
    network.program->infer(batch, result);
    std::vector<std::string> drives;
    for (std::size_t index = 0; index < network.plan.connections.size(); ++index) {
        if (network.plan.connections[index].target == population)
            drives.push_back(describe_drive(network, index, result, examples));
    }
    return fmt::format(
        "population '{}' has not spiked in epoch {}, so that nothing is learned through it: its "
        "state '{}' reached {:.3g} at most in {} examples (it spikes when {}), driven by {}; "
        "larger "
        "initial weights or a lower threshold would let it spike",
        plan.name, epoch, plan.kernel.states[plan.kernel.output],
        greatest_state(result, population, plan.kernel.output), examples,
        expr::to_string(plan.kernel.spike),
        drives.empty() ? std::string("its data") : fmt::format("{}", fmt::join(drives, ", ")));
}

}  // namespace saltus
