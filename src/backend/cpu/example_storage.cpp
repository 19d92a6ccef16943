#include "backend/cpu/example_run.hpp"

namespace saltus {

void size_trails(const BoundPlan& bound, std::vector<Trail>& trails) {
    trails.resize(bound.populations.size());
    for (std::size_t index = 0; index < bound.populations.size(); ++index) {
        const BoundPopulation& population = bound.populations[index];
        if (!population.retreats) continue;
        const std::size_t interval = bound.checkpoint_interval;
        trails[index].kept.resize(bound.plan.populations[index].kernel.kept.size() *
                                  (interval > 0 ? interval : bound.plan.num_steps) *
                                  population.padded);
        if (interval > 0) {
            trails[index].checkpoints.resize((bound.plan.num_steps + interval - 1) / interval *
                                             population.initial.size());
        }
        if (bound.plan.populations[index].kernel.readout == ReadoutKind::kGreatestOutput)
            trails[index].greatest_step.resize(population.padded);
        if (bound.plan.populations[index].kernel.minds_silence)
            trails[index].nearest.resize(2 * population.padded);
        if (!population.needs_shift) continue;
        const std::size_t groups = bound.plan.populations[index].groups.size();
        trails[index].shift.resize(groups * population.shift_rows(bound.plan.num_steps) *
                                   population.padded);
    }
}

namespace {

/// Room for a block and the longest delay behind it, and so much more that rows are seldom moved.
void size_delay_lines(const BoundPlan& bound, Worker& worker) {
    worker.delay_lines.resize(bound.connections.size());
    for (std::size_t index = 0; index < bound.connections.size(); ++index) {
        const auto& learned = bound.connections[index].learned;
        if (!learned) continue;
        DelayLine& line = worker.delay_lines[index];
        const std::size_t block =
            bound.populations[bound.plan.connections[index].target].block_steps;
        line.num_rows = block + learned->most() + 1 + std::max(block, learned->most());
        line.rows.resize(line.num_rows * learned->target_stride());
    }
}

}  // namespace

void size_worker(const BoundPlan& bound, Worker& worker) {
    size_delay_lines(bound, worker);
    worker.populations.resize(bound.populations.size());
    for (std::size_t index = 0; index < bound.populations.size(); ++index) {
        const BoundPopulation& population = bound.populations[index];
        if (population.functions.advance == nullptr) continue;
        const std::size_t groups = bound.plan.populations[index].groups.size();
        const std::size_t block = population.block_steps * population.padded;
        PopulationScratch& own = worker.populations[index];
        own.state.resize(population.initial.size());
        own.input.resize(groups * block);
        own.masks.resize(block / 8);
        own.readout.resize(population.padded);
        if (!population.retreats) continue;
        const std::size_t parameters = bound.plan.populations[index].kernel.parameters.size();
        own.adjoint.resize((population.state_rows + parameters) * population.padded);
        own.readout_slope.resize(population.padded);
        const Regularisation& regularisation = bound.plan.populations[index].regularisation;
        own.spike_pull.resize(regularisation.counts() ? population.padded : 0);
        own.silence_pull.resize(regularisation.silent > 0.0 ? population.padded : 0);
        own.fold_feedback.resize(population.num_folds * population.padded);
        if (population.gets_feedback) own.kappa.resize(block);
        if (population.keeps_arrivals) continue;
        own.arrival_rows.resize(groups * population.arrival_rows * population.padded);
        if (bound.checkpoint_interval > 0)
            own.replayed_sums.resize(population.num_folds * population.padded);
    }
}

void size_chunk(const BoundPlan& bound, std::size_t num_slots, bool by_level, Chunk& chunk) {
    chunk.slots.resize(num_slots);
    if (bound.plan.carry.any()) chunk.carried.resize(bound.plan.batch_size);
    for (ExampleSlot& slot : chunk.slots) {
        slot.spikes.resize(bound.populations.size());
        slot.negative.resize(bound.populations.size());
        slot.parameters.resize(bound.populations.size());
        slot.labels.resize(bound.populations.size());
        slot.bits.resize(bound.populations.size());
        slot.relayed.resize(bound.connections.size());
        slot.relayed_negative.resize(bound.connections.size());
        if (by_level) size_trails(bound, slot.trails);
    }
    const std::size_t populations = bound.populations.size();
    chunk.arrivals.resize(populations);
    chunk.fold_sums.resize(populations);
    chunk.readouts.resize(populations);
    chunk.slopes.resize(populations);
    chunk.losses.resize(populations);
    chunk.step_outputs.resize(populations);
    for (std::size_t index = 0; index < populations; ++index) {
        const BoundPopulation& population = bound.populations[index];
        const PopulationPlan& plan = bound.plan.populations[index];
        chunk.fold_sums[index].resize(num_slots * population.num_folds * population.padded);
        if (plan.readout) {
            chunk.readouts[index].resize(num_slots * plan.size);
            chunk.slopes[index].resize(num_slots * plan.size);
            chunk.losses[index].resize(num_slots);
        }
        chunk.arrivals[index].resize(plan.groups.size());
        if (!population.retreats || !population.keeps_arrivals) continue;
        for (Floats& table : chunk.arrivals[index]) {
            table.resize((population.mirrors_arrivals ? 2 : 1) * num_slots * bound.plan.num_steps *
                         population.padded);
        }
    }
    chunk.fold_products.resize(bound.connections.size());
    chunk.slot_gradients.resize(bound.connections.size());
    for (std::size_t index = 0; index < bound.connections.size(); ++index) {
        const BoundConnection& connection = bound.connections[index];
        if (connection.sums_in_backward_pass)
            chunk.slot_gradients[index].resize(num_slots * connection.weight.size());
        if (!bound.plan.connections[index].fold) continue;
        chunk.fold_products[index].resize(num_slots * kernels::num_sum_blocks(connection.stride) *
                                          connection.columns);
    }
}

}  // namespace saltus
