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
        return;
    }
    spikes.step_begin.assign(history_ + 1, 0);
    spikes.neurons.clear();
}

void ExampleRun::emit(std::size_t population, const Batch& batch, std::uint32_t example) {
    TimedPass time = timed(PassKind::kEmitInput, population);
    SpikeList& spikes = slot().spikes[population];
    if (history_ == 0) {
        emit_input(plan_, bound_.original[population], batch, example, spikes);
        time.add_events(spikes.neurons.size());
        return;
    }
    begin_list(population);
    emit_input(plan_, bound_.original[population], batch, example, worker_.arriving);
    append_steps(worker_.arriving, spikes);
    time.add_events(worker_.arriving.neurons.size());
}

void ExampleRun::leave() {
    Carried& next = *carried();
    const std::size_t populations = plan_.populations.size();
    next.exists = true;
    next.state.resize(populations);
    next.readout.resize(populations);
    next.spikes.resize(populations);
    for (std::size_t index = 0; index < populations; ++index) {
        next.state[index] = scratch(index).state;
        next.readout[index] = scratch(index).readout;
        SpikeList& last = next.spikes[index];
        last.step_begin.assign(1, 0);
        last.neurons.clear();
        const SpikeList& spikes = slot().spikes[index];
        const std::size_t end = history_ + plan_.num_steps;
        if (spikes.step_begin.size() <= end) {
            // Nothing propagates them, so that they are no list.
            last.step_begin.resize(history_ + 1, 0);
            continue;
        }
        const std::uint32_t begin = spikes.step_begin[end - history_];
        last.neurons.assign(spikes.neurons.begin() + begin, spikes.neurons.end());
        for (std::size_t step = end - history_ + 1; step <= end; ++step)
            last.step_begin.push_back(spikes.step_begin[step] - begin);
    }
}

}  // namespace saltus
