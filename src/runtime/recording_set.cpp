#include "runtime/recording_set.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"
#include "plan/fold_readouts.hpp"

namespace saltus {
namespace {

std::size_t state_index(const PopulationPlan& population, const std::string& name) {
    const std::vector<std::string>& states = population.kernel.states;
    const auto found = std::find(states.begin(), states.end(), name);
    if (found != states.end()) return static_cast<std::size_t>(found - states.begin());
    throw ModelError("Population " + population.name,
                     states.empty()
                         ? fmt::format("its model {} has no states", population.model)
                         : fmt::format("its model {} has no state '{}'", population.model, name),
                     states.empty() ? "record its spikes" : suggest(name, states))
        .with("population", population.name)
        .with("state", name);
}

std::unique_ptr<Program> stepwise_program(const NetworkState& network) {
    auto program = load_program(without_folds(network.plan), network.losses, network.backend);
    copy_weights(network.plan, *network.program, *program);
    return program;
}

}  // namespace

RecordingSet::RecordingSet(const Plan& plan, const Callbacks& callbacks) {
    for (const auto& callback : callbacks) {
        const std::vector<RecordRequest> requests = callback->records();
        if (requests.empty()) continue;
        if (records_.empty()) records_.resize(plan.populations.size());
        Listener listener{callback, std::set<std::size_t>()};
        for (const RecordRequest& request : requests) {
            add(plan, request);
            if (request.examples.empty()) listener.examples.reset();
            if (listener.examples)
                listener.examples->insert(request.examples.begin(), request.examples.end());
        }
        wants_all_examples_ |= !listener.examples;
        listeners_.push_back(std::move(listener));
    }
}

void RecordingSet::add(const Plan& plan, const RecordRequest& request) {
    const std::size_t index = plan.population_index(request.population);
    const PopulationPlan& population = plan.populations[index];
    RecordedPopulation& record = records_[index];
    record.spikes |= request.spikes;
    needs_folded_steps_ |= population.folded && !request.states.empty();
    record.states.resize(population.kernel.num_states());
    for (const std::string& state : request.states)
        record.states[state_index(population, state)] = true;
}

void RecordingSet::prepare(Batch& batch) const {
    batch.records.clear();
    batch.recorded_examples.clear();
    if (empty()) return;
    if (!wants_all_examples_) {
        bool any = false;
        for (const std::uint32_t example : batch.examples) {
            const bool wanted =
                std::any_of(listeners_.begin(), listeners_.end(), [&](const Listener& listener) {
                    return listener.wants(batch.example_offset + example);
                });
            batch.recorded_examples.push_back(wanted);
            any |= wanted;
        }
        if (!any) return;
    }
    batch.records = records_;
}

void RecordingSet::deliver(const Batch& batch, const BatchResult& result, std::size_t epoch) const {
    for (std::size_t position = 0; position < result.recordings.size(); ++position) {
        if (!batch.records_example(position)) continue;
        const Recording& recording = result.recordings[position];
        RecordedExample example{epoch, batch.example_offset + batch.examples[position],
                                recording.spikes, recording.states};
        for (const Listener& listener : listeners_) {
            if (listener.wants(example.example)) listener.callback->on_recorded(example);
        }
    }
}

RecordedInference::RecordedInference(NetworkState& network, const Callbacks& callbacks)
    : recordings_(network.plan, callbacks),
      stepwise_(recordings_.needs_folded_steps() ? stepwise_program(network) : nullptr),
      program_(stepwise_ ? *stepwise_ : *network.program) {}

void RecordedInference::infer(Batch& batch, BatchResult& result, std::size_t epoch) {
    recordings_.prepare(batch);
    program_.infer(batch, result);
    recordings_.deliver(batch, result, epoch);
}

}  // namespace saltus
