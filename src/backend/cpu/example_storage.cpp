#include "backend/cpu/example_run.hpp"

namespace saltus {

void size_worker(const BoundPlan& bound, Worker& worker) {
    const std::size_t steps = bound.plan.num_steps;
    worker.populations.resize(bound.populations.size());
    for (std::size_t index = 0; index < bound.populations.size(); ++index) {
        const BoundPopulation& population = bound.populations[index];
        if (population.functions.advance == nullptr) continue;
        const std::size_t groups = bound.plan.populations[index].groups.size();
        const std::size_t states = bound.plan.populations[index].kernel.num_states();
        const std::size_t block = population.block_steps * population.padded;
        PopulationScratch& own = worker.populations[index];
        own.state.resize(population.initial.size());
        own.input.resize(groups * block);
        own.masks.resize(block / 8);
        own.readout.resize(population.padded);
        if (!population.retreats) continue;
        own.adjoint.resize((states + groups) * population.padded);
        own.readout_slope.resize(population.padded);
        own.fold_feedback.resize(population.num_folds * population.padded);
        if (population.gets_feedback) own.kappa.resize(block);
        if (population.needs_shift) own.shift.resize(groups * steps * population.padded);
    }
}

void size_chunk(const BoundPlan& bound, std::size_t num_slots, Chunk& chunk) {
    chunk.slots.resize(num_slots);
    chunk.arrivals.resize(bound.populations.size());
    for (std::size_t index = 0; index < bound.populations.size(); ++index) {
        const BoundPopulation& population = bound.populations[index];
        const PopulationPlan& plan = bound.plan.populations[index];
        for (ExampleSlot& slot : chunk.slots) {
            slot.spikes.resize(bound.populations.size());
            slot.fold_sums.resize(bound.populations.size());
            slot.readouts.resize(bound.populations.size());
            slot.readout_slopes.resize(bound.populations.size());
            slot.fold_sums[index].resize(population.num_folds * population.padded);
            if (!plan.readout) continue;
            slot.readouts[index].resize(plan.size);
            slot.readout_slopes[index].resize(plan.size);
        }
        chunk.arrivals[index].resize(plan.groups.size());
        if (!population.retreats) continue;
        for (Floats& table : chunk.arrivals[index]) {
            table.resize(num_slots * bound.plan.num_steps * population.padded);
        }
    }
}

}  // namespace saltus
