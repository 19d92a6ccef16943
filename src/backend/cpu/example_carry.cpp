#include <algorithm>

#include "backend/cpu/example_run.hpp"
#include "backend/input_spikes.hpp"

namespace saltus {
namespace {

/// Copies some rows of a population's state.
void copy_rows(const Floats& from, std::size_t first, std::size_t count, std::size_t padded,
               Floats& to) {
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first * padded), count * padded,
                to.begin() + static_cast<std::ptrdiff_t>(first * padded));
}

}  // namespace

void ExampleRun::take_over(std::size_t population, const Carried& carried) {
    const NeuronKernel& kernel = plan_.populations[population].kernel;
    const BoundPopulation& bound = bound_.populations[population];
    PopulationScratch& own = scratch(population);
    const Floats& state = carried.state[population];
    const std::size_t states = kernel.num_states();
    const std::size_t groups = kernel.num_groups();
    const std::size_t others = bound.state_rows - states - groups;
    if (plan_.carry.states) {
        copy_rows(state, 0, states, bound.padded, own.state);
        // How long neurons stay refractory is a state, too.
        copy_rows(state, states + groups, others, bound.padded, own.state);
    }
    if (plan_.carry.synapses) copy_rows(state, states, groups, bound.padded, own.state);
    if (plan_.carry.readouts) own.readout = carried.readout[population];
}

void ExampleRun::begin_list(std::size_t population) {
    SpikeList& spikes = slot().spikes[population];
    if (carried() != nullptr && carried()->exists) {
        spikes.step_begin = carried()->spikes[population].step_begin;
        spikes.neurons = carried()->spikes[population].neurons;
        if (!is_signed(population)) return;
        slot().negative[population].step_begin = carried()->negative[population].step_begin;
        slot().negative[population].neurons = carried()->negative[population].neurons;
        return;
    }
    for (SpikeList* list : {&spikes, static_cast<SpikeList*>(&slot().negative[population])}) {
        list->step_begin.assign(history_ + 1, 0);
        list->neurons.clear();
    }
}

void ExampleRun::emit(std::size_t population, const Batch& batch, std::uint32_t example) {
    TimedPass time = timed(PassKind::kEmitInput, population);
    SpikeList& spikes = slot().spikes[population];
    SpikeList& negative = slot().negative[population];
    const std::size_t original = bound_.original[population];
    if (history_ == 0) {
        emit_input(plan_, original, batch, example, spikes, negative);
        time.add_events(spikes.neurons.size() + negative.neurons.size());
        return;
    }
    begin_list(population);
    emit_input(plan_, original, batch, example, worker_.arriving, worker_.arriving_negative);
    append_steps(worker_.arriving, spikes);
    time.add_events(worker_.arriving.neurons.size());
    if (!is_signed(population)) return;
    append_steps(worker_.arriving_negative, negative);
    time.add_events(worker_.arriving_negative.neurons.size());
}

namespace {

/// The last steps of a list, which ends at a step.
void keep_last(const SpikeList& spikes, std::size_t end, std::size_t count, SpikeList& last) {
    last.step_begin.assign(1, 0);
    last.neurons.clear();
    if (spikes.step_begin.size() <= end) {
        // Nothing propagates them, so that they are no list.
        last.step_begin.resize(count + 1, 0);
        return;
    }
    const std::uint32_t begin = spikes.step_begin[end - count];
    last.neurons.assign(spikes.neurons.begin() + begin, spikes.neurons.end());
    for (std::size_t step = end - count + 1; step <= end; ++step)
        last.step_begin.push_back(spikes.step_begin[step] - begin);
}

}  // namespace

void ExampleRun::leave() {
    Carried& next = *carried();
    const std::size_t populations = plan_.populations.size();
    next.exists = true;
    next.state.resize(populations);
    next.readout.resize(populations);
    next.spikes.resize(populations);
    next.negative.resize(populations);
    for (std::size_t index = 0; index < populations; ++index) {
        next.state[index] = scratch(index).state;
        next.readout[index] = scratch(index).readout;
        const std::size_t end = history_ + plan_.num_steps;
        keep_last(slot().spikes[index], end, history_, next.spikes[index]);
        keep_last(slot().negative[index], end, history_, next.negative[index]);
    }
}

}  // namespace saltus
