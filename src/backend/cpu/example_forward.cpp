#include <algorithm>
#include <limits>

#include "backend/cpu/example_run.hpp"
#include "backend/cpu/profiler.hpp"
#include "backend/input_spikes.hpp"

namespace saltus {

ExampleRun::ExampleRun(const BoundPlan& bound, const Losses& losses, Worker& worker,
                       std::vector<Trail>& trails, Chunk& chunk, std::size_t slot)
    : bound_(bound),
      plan_(bound.plan),
      losses_(losses),
      worker_(worker),
      trails_(trails),
      chunk_(chunk),
      slot_index_(slot),
      history_(bound.history_steps) {
    const std::size_t interval = bound.checkpoint_interval;
    if (interval > 0) segment_begin_ = (plan_.num_steps - 1) / interval * interval;
}

void ExampleRun::forward(const Batch& batch, std::uint32_t example, bool keeps_tape) {
    for (const Stage& stage : plan_.forward)
        advance_stage(stage, batch, example, keeps_tape);
    if (carried() != nullptr) leave();
}

void ExampleRun::begin_population(std::size_t population) {
    const BoundPopulation& bound = bound_.populations[population];
    if (bound.functions.advance == nullptr) return;
    PopulationScratch& own = scratch(population);
    std::copy(bound.initial.begin(), bound.initial.end(), own.state.begin());
    std::fill(own.readout.begin(), own.readout.end(), 0.0F);
    if (carried() != nullptr && carried()->exists) take_over(population, *carried());
    std::fill_n(fold_sums(population), bound.num_folds * bound.padded, 0.0F);
    trail(population).tape.clear();
    Floats& greatest_step = trail(population).greatest_step;
    std::fill(greatest_step.begin(), greatest_step.end(), -1.0F);
    Floats& nearest = trail(population).nearest;
    std::fill(nearest.begin(), nearest.end(), -std::numeric_limits<float>::infinity());
    prepare_advance(population);
    slot().bits[population].clear();
    if (records_bits(population)) return;
    if (!bound.lists_spikes && !records_spikes(population)) return;
    begin_list(population);
}

std::size_t ExampleRun::block_steps(const Stage& stage) const {
    std::size_t steps = plan_.num_steps;
    for (const std::size_t population : stage.populations) {
        if (bound_.populations[population].functions.advance == nullptr) continue;
        steps = std::min(steps, bound_.populations[population].block_steps);
        if (records_states(population) || compares_steps(population)) steps = 1;
    }
    return steps;
}

void ExampleRun::advance_stage(const Stage& stage, const Batch& batch, std::uint32_t example,
                               bool keeps_tape) {
    keeps_tape_ = keeps_tape;
    clock_ = batch.first_step;
    for (const std::size_t population : stage.populations)
        begin_population(population);
    for (const Pass& pass : stage.blocks) {
        if (pass.kind != PassKind::kEmitInput) continue;
        emit(pass.index, batch, example);
    }
    advance_steps(stage, batch, example, history_, history_ + plan_.num_steps);
    for (const Pass& pass : stage.blocks) {
        if (pass.kind == PassKind::kWeighSpikes) weigh_spikes(pass.index);
        if (pass.kind == PassKind::kFoldReadout) fold_readout(pass.index);
        if (pass.kind == PassKind::kReadOut) read_out(pass.index);
        if (pass.kind == PassKind::kLoss) compute_loss(pass.index, batch, example);
    }
}

void ExampleRun::advance_steps(const Stage& stage, const Batch& batch, std::uint32_t example,
                               std::size_t begin, std::size_t end) {
    const std::size_t block = block_steps(stage);
    const std::size_t interval = bound_.checkpoint_interval;
    std::size_t count = 0;
    for (std::size_t first = begin; first < end; first += count) {
        count = std::min(block, end - first);
        if (interval > 0) {
            count = std::min(count, interval - (first - history_) % interval);
            if (keeps_tape_ && !replays_ && (first - history_) % interval == 0)
                keep_checkpoint(stage, first - history_);
        }
        block_begin_ = first;
        propagate_block(stage, first, count);
        for (const Pass& pass : stage.blocks) {
            if (pass.kind == PassKind::kDrive) drive(pass.index, batch, example, first, count);
        }
        for (const Pass& pass : stage.blocks) {
            if (pass.kind == PassKind::kAdvance) advance(pass.index, first, count);
        }
        for (std::size_t step = first; !stage.steps.empty() && step < first + count; ++step) {
            for (const Pass& pass : stage.steps) {
                if (pass.kind == PassKind::kPropagate) propagate(pass.index, step, 1, true);
            }
            for (const Pass& pass : stage.steps) {
                if (pass.kind == PassKind::kAdvance) advance(pass.index, step, 1);
            }
        }
    }
}

float* ExampleRun::input_row(std::size_t population, std::size_t group, std::size_t step) {
    const BoundPopulation& bound = bound_.populations[population];
    return scratch(population).input.data() +
           (group * bound.block_steps + step - block_begin_) * bound.padded;
}

// The first connection into each group overwrites the block, the others add to it; a group that
// only recurrent connections reach starts from zero.
void ExampleRun::propagate_block(const Stage& stage, std::size_t first, std::size_t count) {
    for (const std::size_t population : stage.populations) {
        const PopulationPlan& plan = plan_.populations[population];
        if (bound_.populations[population].functions.advance == nullptr) continue;
        for (std::size_t group = 0; group < plan.groups.size(); ++group) {
            bool written = false;
            for (const Pass& pass : stage.blocks) {
                if (pass.kind != PassKind::kPropagate) continue;
                const ConnectionPlan& connection = plan_.connections[pass.index];
                if (connection.target != population || connection.group != group) continue;
                propagate(pass.index, first, count, written);
                written = true;
            }
            if (written) continue;
            float* rows = input_row(population, group, first);
            std::fill(rows, rows + count * bound_.populations[population].padded, 0.0F);
        }
    }
}

void ExampleRun::propagate(std::size_t connection, std::size_t first, std::size_t count,
                           bool accumulate) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    if (bound.learned) {
        propagate_learned(connection, first, count, accumulate);
        return;
    }
    float* rows = input_row(plan.target, plan.group, first);
    // A spike of step s arrives in step s + 1 + delay; before that nothing does.
    const std::size_t lag = 1 + std::size_t{plan.delay};
    const std::size_t silent = std::min(count, lag > first ? lag - first : 0);
    const std::size_t stride = bound_.populations[plan.target].padded;
    if (!accumulate) std::fill(rows, rows + silent * stride, 0.0F);
    if (bound.relay && first == history_ && !replays_) {
        slot().relayed[connection].clear();
        slot().relayed_negative[connection].clear();
    }
    if (silent == count) return;
    const std::size_t arriving = count - silent;
    const StepRows<float> input{rows + silent * stride, stride};
    deliver(connection, SpikeSign::kPositive, first + silent, arriving, accumulate, input);
    if (!is_signed(plan.source)) return;
    const auto negate = [&] {
        for (std::size_t k = 0; k < arriving * stride; ++k)
            input.values[k] = -input.values[k];
    };
    negate();
    deliver(connection, SpikeSign::kNegative, first + silent, arriving, true, input);
    negate();
}

void ExampleRun::deliver(std::size_t connection, SpikeSign sign, std::size_t first,
                         std::size_t count, bool accumulate, const StepRows<float>& input) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    const SpikeList& spikes = spikes_of(plan.source, sign);
    const std::size_t from = first - (1 + std::size_t{plan.delay});
    const std::uint64_t events = is_profiled() ? count_events(bound, spikes, from, count) : 0;
    const TimedPass time = timed(PassKind::kPropagate, connection, events);
    const SpikeRows rows = spikes_into(connection, sign, from, count);
    if (bound.matrix->has_own_delays()) {
        bound.matrix->propagate_delayed(spikes, first, count, accumulate, input);
    } else {
        bound.matrix->propagate(bound.weight, rows, accumulate, input);
    }
}

void ExampleRun::drive(std::size_t population, const Batch& batch, std::uint32_t example,
                       std::size_t first, std::size_t count) {
    const std::size_t original = bound_.original[population];
    const PopulationPlan& plan = plan_.populations[population];
    const TimedPass time = timed(PassKind::kDrive, population, plan.size * count);
    std::size_t frame_before = 0;
    for (std::size_t step = first; step < first + count; ++step) {
        float* const row = input_row(population, 0, step);
        const std::size_t frame = plan.frames.of_step(clock_ + step - history_);
        if (step > first && frame == frame_before) {
            std::copy_n(row - bound_.populations[population].padded, plan.size, row);
        } else {
            read_frame(plan, batch.inputs[original], batch, example, step - history_,
                       std::span<float>(row, plan.size));
        }
        frame_before = frame;
    }
}

SpikeRows ExampleRun::spikes_into(std::size_t connection, SpikeSign sign, std::size_t from,
                                  std::size_t count) {
    const BoundConnection& bound = bound_.connections[connection];
    const SpikeList* spikes = &spikes_of(plan_.connections[connection].source, sign);
    if (bound.relay) {
        RelayedSpikes& relayed = relayed_of(connection, sign);
        relayed.relay(*bound.relay, *spikes, from + count);
        spikes = &relayed.spikes();
    }
    return {spikes->step_begin.data() + from, spikes->neurons.data(), count};
}

void ExampleRun::advance(std::size_t population, std::size_t first, std::size_t count) {
    const BoundPopulation& bound = bound_.populations[population];
    const NeuronKernel& kernel = plan_.populations[population].kernel;
    const TimedPass time =
        timed(PassKind::kAdvance, population, plan_.populations[population].size * count);
    PopulationScratch& own = scratch(population);
    SaltusAdvance& args = own.advance;
    args.num_steps = static_cast<unsigned>(count);
    args.first_step = static_cast<unsigned>(first);
    for (std::size_t group = 0; group < kernel.num_groups(); ++group)
        own.inputs[group] = input_row(population, group, first);
    args.step_weights = bound.step_weights_of(clock_ + first - history_);
    args.kept = keeps_tape_ ? kept_of(population, first - history_) : nullptr;
    if (args.tape != nullptr) {
        trail(population)
            .tape.reserve(bound.padded / kSaltusPadding * count,
                          std::size_t{bound.functions.jumps} * kSaltusPadding);
    }
    bound.functions.advance(bound.functions.model, &args);
    if (replays_) return;
    if (keeps_tape_ && kernel.spiking && slot().has_spiked[population] == 0) {
        slot().has_spiked[population] =
            have_spikes(own.masks.data(), count, bound.padded, args.num_neurons) ? 1 : 0;
    }
    // The padding of a vector spikes like any neuron, but must not add to sums over neurons.
    for (std::size_t fold = 0; fold < kernel.num_folds; ++fold) {
        float* sums = args.fold_sums + fold * bound.padded;
        std::fill(sums + args.num_neurons, sums + bound.padded, 0.0F);
    }
    if (records_bits(population)) {
        append_bits(own.masks.data(), count, bound.padded, args.num_neurons,
                    slot().bits[population]);
    } else if (kernel.spiking && (bound.lists_spikes || records_spikes(population))) {
        append_spikes(own.masks.data(), count, bound.padded, slot().spikes[population]);
    } else if (records_spikes(population)) {
        std::vector<std::uint32_t>& begin = slot().spikes[population].step_begin;
        begin.insert(begin.end(), count, 0);
    }
    // In a recurrent stage each step is run on its own.
    if (records_states(population)) record_states(population, first - history_);
    if (compares_steps(population)) keep_outputs(population, first - history_);
}

// What is the same for all steps of an example.
void ExampleRun::prepare_advance(std::size_t population) {
    const BoundPopulation& bound = bound_.populations[population];
    const NeuronKernel& kernel = plan_.populations[population].kernel;
    PopulationScratch& own = scratch(population);
    Trail& left = trail(population);
    const auto kept_in = [this](Floats& values) {
        return keeps_tape_ && !replays_ && !values.empty() ? values.data() : nullptr;
    };
    const bool tapes = keeps_tape_ && kernel.spiking && !kernel.surrogate && bound.retreats;
    own.advance = {};
    SaltusAdvance& args = own.advance;
    args.num_neurons = static_cast<unsigned>(plan_.populations[population].size);
    args.padded_neurons = static_cast<unsigned>(bound.padded);
    args.scalars = bound.scalars.data();
    args.arrays = bound.arrays.data();
    args.state = own.state.data();
    args.input = own.inputs.data();
    args.spikes = own.masks.data();
    args.readout = own.readout.data();
    args.fold_weights = bound.fold_weights.data();
    args.fold_stride = static_cast<unsigned>(plan_.num_steps);
    args.fold_sums = replays_ ? own.replayed_sums.data() : fold_sums(population);
    args.tape = tapes ? left.tape.get() : nullptr;
    args.greatest_step = kept_in(left.greatest_step);
    args.nearest = kept_in(left.nearest);
}

void ExampleRun::keep_outputs(std::size_t population, std::size_t step) {
    const std::size_t size = plan_.populations[population].size;
    const float* values =
        scratch(population).state.data() +
        plan_.populations[population].kernel.output * bound_.populations[population].padded;
    std::copy(values, values + size,
              step_outputs(population).begin() + static_cast<std::ptrdiff_t>(step * size));
}

void ExampleRun::record_states(std::size_t population, std::size_t step) {
    const std::size_t padded = bound_.populations[population].padded;
    const std::size_t size = plan_.populations[population].size;
    auto& states = slot().states[population];
    for (std::size_t state = 0; state < states.size(); ++state) {
        if (!chunk_.records[population].states[state]) continue;
        const float* values = scratch(population).state.data() + state * padded;
        std::copy(values, values + size,
                  states[state].begin() + static_cast<std::ptrdiff_t>(step * size));
    }
}

void ExampleRun::weigh_spikes(std::size_t connection) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    const TimedPass time = timed(PassKind::kWeighSpikes, connection, plan.num_pre * plan.num_post);
    const std::size_t products = kernels::num_sum_blocks(bound.stride) * plan.num_post;
    kernels::multiply(bound.weight.data(), bound.stride, plan.num_post,
                      fold_sums(plan.source) + plan.fold_index * bound.stride,
                      chunk_.fold_products[connection].data() + slot_index_ * products);
}

void ExampleRun::fold_readout(std::size_t population) {
    const PopulationPlan& plan = plan_.populations[population];
    const TimedPass time = timed(PassKind::kFoldReadout, population, plan.size);
    const std::span<double> readout = row_of(chunk_.readouts, population);
    const std::vector<double>& baseline = plan.readout->baseline;
    for (std::size_t k = 0; k < plan.size; ++k)
        readout[k] = baseline[baseline.size() == 1 ? 0 : k];
    for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
        if (plan_.connections[index].target != population) continue;
        const std::size_t blocks = kernels::num_sum_blocks(bound_.connections[index].stride);
        const double* products =
            chunk_.fold_products[index].data() + slot_index_ * blocks * plan.size;
        for (std::size_t block = 0; block < blocks; ++block, products += plan.size) {
            for (std::size_t k = 0; k < plan.size; ++k)
                readout[k] += products[k];
        }
    }
}

void ExampleRun::read_out(std::size_t population) {
    const PopulationPlan& plan = plan_.populations[population];
    const TimedPass time = timed(PassKind::kReadOut, population, plan.size);
    PopulationScratch& own = scratch(population);
    if (plan.readout->source == ReadoutSource::kFirstSpike) {
        const std::span<double> readout = row_of(chunk_.readouts, population);
        read_first_spikes(slot().spikes[population], history_, clock_, plan_.dt, readout);
        if (!plan_.carry.readouts) return;
        // The first of all is the greatest; before the first example zeros stand here.
        for (std::size_t k = 0; k < plan.size; ++k) {
            if (carried()->exists) readout[k] = std::max(readout[k], double{own.readout[k]});
            own.readout[k] = static_cast<float>(readout[k]);
        }
        return;
    }
    const float* values = own.readout.data();
    if (plan.readout->source == ReadoutSource::kFinalVariable) {
        values = own.state.data() + plan.kernel.output * bound_.populations[population].padded;
    }
    std::copy(values, values + plan.size, row_of(chunk_.readouts, population).begin());
}

void ExampleRun::compute_loss(std::size_t population, const Batch& batch, std::uint32_t example) {
    const TargetView& targets = batch.targets[population];
    const std::span<double> slopes = row_of(chunk_.slopes, population);
    std::fill(slopes.begin(), slopes.end(), 0.0);
    double& loss = chunk_.losses[population][slot_index_];
    loss = 0.0;
    slot().labels[population] = -1;
    if (targets.empty() || !losses_[population]) return;
    const TimedPass time = timed(PassKind::kLoss, population, slopes.size());
    const Target target = targets.of(example, worker_.target_values);
    const auto share = static_cast<double>(batch.examples.size());
    if (!targets.of_steps) {
        if (!losses_[population]->takes_values()) slot().labels[population] = target.label;
        loss = losses_[population]->evaluate(row_of(chunk_.readouts, population), target, slopes);
        for (double& slope : slopes)
            slope /= share;
        return;
    }
    const std::span<double> outputs = step_outputs(population);
    worker_.step_slopes.resize(outputs.size());
    loss = losses_[population]->evaluate(outputs, target, worker_.step_slopes);
    for (std::size_t k = 0; k < outputs.size(); ++k)
        outputs[k] = worker_.step_slopes[k] / share;
}

}  // namespace saltus
