#include <algorithm>

#include "backend/cpu/example_run.hpp"
#include "backend/cpu/profiler.hpp"
#include "kernels/cpu/update.hpp"

namespace saltus {

namespace {

/// Whether all adjoints of some steps, [steps][padded], are numbers that training can go on from.
bool are_rows_within(std::size_t neurons, std::size_t padded, std::size_t steps,
                     const float* adjoints) {
    for (std::size_t step = 0; step < steps; ++step) {
        if (!are_within(kGreatestAdjoint<float>, std::span(adjoints + step * padded, neurons)))
            return false;
    }
    return true;
}

}  // namespace

void ExampleRun::backward(const Batch& batch, std::uint32_t example) {
    if (plan_.lags_behind) {
        backward_with_lags();
        return;
    }
    if (bound_.checkpoint_interval > 0) {
        backward_by_segments(batch, example);
        return;
    }
    for (const Stage& stage : plan_.backward)
        retreat_stage(stage);
}

void ExampleRun::backward_with_lags() {
    std::vector<std::vector<double>> slopes;
    for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
        slopes.emplace_back();
        if (!compares_steps(index)) continue;
        const std::span<double> own = step_outputs(index);
        const auto size = static_cast<std::ptrdiff_t>(plan_.populations[index].size);
        slopes.back().assign(own.begin(), own.end());
        std::copy_backward(own.begin(), own.end() - size, own.end());
        std::fill(own.begin(), own.begin() + size, 0.0);
    }
    for (const Stage& stage : plan_.backward)
        retreat_stage(stage);
    for (std::size_t index = 0; index < slopes.size(); ++index) {
        if (!slopes[index].empty())
            std::copy(slopes[index].begin(), slopes[index].end(), step_outputs(index).begin());
    }
    for (const Stage& stage : plan_.backward) {
        if (plan_.populations[stage.populations.front()].readout) retreat_stage(stage);
    }
}

void ExampleRun::begin_adjoint(std::size_t population) {
    const PopulationPlan& plan = plan_.populations[population];
    const BoundPopulation& bound = bound_.populations[population];
    if (!bound.retreats) return;
    clear_slot_gradients(population);
    prepare_retreat(population);
    PopulationScratch& own = scratch(population);
    std::fill(own.adjoint.begin(), own.adjoint.end(), 0.0F);
    std::fill(own.fold_feedback.begin(), own.fold_feedback.end(), 0.0F);
    if (plan.regularisation.any()) begin_pulls(population);
    if (!plan.readout) return;
    if (plan.readout->source == ReadoutSource::kFirstSpike) find_first_spikes(population);
    float* target = own.readout_slope.data();
    if (plan.readout->source == ReadoutSource::kFinalVariable) {
        target = own.adjoint.data() + plan.kernel.output * bound.padded;
    }
    const std::span<const double> slopes = row_of(chunk_.slopes, population);
    for (std::size_t k = 0; k < plan.size; ++k)
        target[k] = static_cast<float>(slopes[k]);
}

void ExampleRun::find_first_spikes(std::size_t population) {
    const SpikeList& spikes = slot().spikes[population];
    std::vector<std::uint32_t>& first = scratch(population).first_steps;
    first.assign(plan_.populations[population].size, UINT32_MAX);
    for (std::size_t step = 0; step < plan_.num_steps; ++step) {
        for (std::uint32_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k)
            first[spikes.neurons[k]] =
                std::min(first[spikes.neurons[k]], static_cast<std::uint32_t>(step));
    }
}

void ExampleRun::add_time_slopes(std::size_t population, std::size_t first, std::size_t count) {
    PopulationScratch& own = scratch(population);
    const std::size_t padded = bound_.populations[population].padded;
    const std::span<const double> slopes = row_of(chunk_.slopes, population);
    for (std::size_t j = 0; j < slopes.size(); ++j) {
        const std::size_t step = own.first_steps[j];
        if (step < first || step >= first + count) continue;
        // The readout is minus the time.
        own.kappa[(step - first) * padded + j] -= static_cast<float>(slopes[j]);
    }
}

void ExampleRun::begin_pulls(std::size_t population) {
    const Pulls& pulls = (*pulls_)[population];
    PopulationScratch& own = scratch(population);
    for (std::size_t k = 0; k < pulls.at_spikes.size(); ++k)
        own.spike_pull[k] = static_cast<float>(pulls.at_spikes[k]);
    std::fill(own.silence_pull.begin(), own.silence_pull.end(), 0.0F);
    if (own.silence_pull.empty()) return;
    for (const std::uint32_t neuron :
         silent_neurons(plan_.populations[population], pulls, slot().spikes[population].neurons,
                        slot().labels[population])) {
        own.silence_pull[neuron] = static_cast<float>(pulls.of_silent[neuron]);
    }
}

void ExampleRun::begin_stage(const Stage& stage) {
    for (const std::size_t population : stage.populations)
        begin_adjoint(population);
    for (const Pass& pass : stage.blocks) {
        if (pass.kind == PassKind::kFoldFeedback) fold_feedback(pass.index);
    }
}

void ExampleRun::retreat_stage(const Stage& stage) {
    begin_stage(stage);
    retreat_steps(stage, 0, plan_.num_steps);
    for (const std::size_t population : stage.populations)
        leave_parameters(population);
}

void ExampleRun::retreat_steps(const Stage& stage, std::size_t begin, std::size_t end) {
    const std::size_t block = block_steps(stage);
    const std::size_t num_blocks = (end - begin + block - 1) / block;
    for (std::size_t number = num_blocks; number-- > 0;) {
        const std::size_t first = begin + number * block;
        const std::size_t count = std::min(block, end - first);
        block_begin_ = first;
        for (const std::size_t population : stage.populations) {
            clear_feedback(population, first, count);
            const auto& readout = plan_.populations[population].readout;
            if (readout && readout->source == ReadoutSource::kFirstSpike)
                add_time_slopes(population, first, count);
        }
        // Feedback from later components is complete before this one begins.
        for (const Pass& pass : stage.blocks) {
            if (pass.kind == PassKind::kFeedback) feedback(pass.index, first, count);
            if (pass.kind == PassKind::kBroadcast) broadcast(pass.index, first, count);
        }
        for (const Pass& pass : stage.blocks) {
            if (pass.kind == PassKind::kRetreat) retreat(pass.index, first, count);
        }
        for (std::size_t step = first + count; !stage.steps.empty() && step-- > first;) {
            for (const Pass& pass : stage.steps) {
                if (pass.kind == PassKind::kFeedback) feedback(pass.index, step, 1);
            }
            for (const Pass& pass : stage.steps) {
                if (pass.kind == PassKind::kRetreat) retreat(pass.index, step, 1);
            }
        }
        for (const std::size_t population : stage.populations) {
            if (!bound_.populations[population].retreats) continue;
            check_arrivals(population, first, count);
            add_slot_gradients(population, first, count);
        }
    }
}

void ExampleRun::leave_parameters(std::size_t population) {
    const NeuronKernel& kernel = plan_.populations[population].kernel;
    if (kernel.parameters.empty()) return;
    const Floats& adjoint = scratch(population).adjoint;
    const BoundPopulation& bound = bound_.populations[population];
    const std::size_t first = bound.state_rows * bound.padded;
    slot().parameters[population].assign(adjoint.begin() + static_cast<std::ptrdiff_t>(first),
                                         adjoint.end());
}

void ExampleRun::retreat(std::size_t population, std::size_t first, std::size_t count) {
    const BoundPopulation& bound = bound_.populations[population];
    const PopulationPlan& plan = plan_.populations[population];
    if (plan_.lags_behind && !plan.readout && first + count == plan_.num_steps) {
        // Nothing is learnt from the last step.
        --count;
        for (std::size_t group = 0; group < plan.groups.size(); ++group)
            std::fill_n(arrivals_from(population, group, first + count), bound.padded, 0.0F);
        if (count == 0) return;
    }
    const TimedPass time = timed(PassKind::kRetreat, population, plan.size * count);
    PopulationScratch& own = scratch(population);
    const std::size_t shift_rows = bound.shift_rows(plan_.num_steps);
    for (std::size_t group = 0; group < plan.groups.size(); ++group) {
        own.arrivals[group] = arrivals_from(population, group, first);
        own.shifts[group] = trail(population).shift.data() +
                            (group * shift_rows + (first & bound.shift_mask)) * bound.padded;
    }
    if (compares_steps(population)) add_step_slopes(population, first);
    SaltusRetreat& args = own.retreat;
    args.num_steps = static_cast<unsigned>(count);
    args.first_step = static_cast<unsigned>(first);
    args.step_weights = bound.step_weights_of(first);
    if (bound.gets_feedback) args.kappa = own.kappa.data() + (first - block_begin_) * bound.padded;
    args.kept = kept_of(population, first);
    bound.functions.retreat(bound.functions.model, &args);
    if (bound.mirrors_arrivals) mirror_arrivals(population, first, count);
}

// What is the same for all steps of an example.
void ExampleRun::prepare_retreat(std::size_t population) {
    const BoundPopulation& bound = bound_.populations[population];
    const PopulationPlan& plan = plan_.populations[population];
    PopulationScratch& own = scratch(population);
    Trail& left = trail(population);
    const auto unless_empty = [](Floats& values) {
        return values.empty() ? nullptr : values.data();
    };
    const bool weighs = plan.readout && (plan.readout->source == ReadoutSource::kVariable ||
                                         plan.readout->source == ReadoutSource::kSpikes ||
                                         plan.readout->source == ReadoutSource::kMaximum);
    own.retreat = {};
    SaltusRetreat& args = own.retreat;
    args.num_neurons = static_cast<unsigned>(plan.size);
    args.padded_neurons = static_cast<unsigned>(bound.padded);
    args.scalars = bound.scalars.data();
    args.arrays = bound.arrays.data();
    args.adjoint = own.adjoint.data();
    args.readout_slope = weighs ? own.readout_slope.data() : nullptr;
    args.fold_shift = bound.fold_shift.data();
    args.fold_stride = static_cast<unsigned>(plan_.num_steps);
    args.fold_feedback = own.fold_feedback.data();
    args.arrival = own.arrivals.data();
    args.shift = bound.needs_shift ? own.shifts.data() : nullptr;
    args.tape = left.tape.get();
    args.greatest_step = unless_empty(left.greatest_step);
    args.spike_pull = unless_empty(own.spike_pull);
    if (own.silence_pull.empty()) return;
    args.nearest_step = left.nearest.data() + bound.padded;
    args.silence_pull = own.silence_pull.data();
}

void ExampleRun::check_arrivals(std::size_t population, std::size_t first, std::size_t count) {
    const std::size_t padded = bound_.populations[population].padded;
    for (std::size_t group = 0; group < plan_.populations[population].groups.size(); ++group) {
        const float* const adjoints = arrivals_from(population, group, first);
        // Once more without the padding, whose adjoints mean nothing.
        if (!kernels::are_within(kGreatestAdjoint<float>, count * padded, adjoints) &&
            !are_rows_within(plan_.populations[population].size, padded, count, adjoints)) {
            slot().exploded[population] |= std::uint32_t{1} << group;
        }
    }
}

float* ExampleRun::arrivals_from(std::size_t population, std::size_t group, std::size_t step) {
    const BoundPopulation& bound = bound_.populations[population];
    if (bound.keeps_arrivals) {
        return chunk_.arrivals[population][group].data() +
               (slot_index_ * plan_.num_steps + step) * bound.padded;
    }
    const std::size_t first = bound_.checkpoint_interval > 0 ? segment_begin_ : block_begin_;
    return scratch(population).arrival_rows.data() +
           (group * bound.arrival_rows + step - first) * bound.padded;
}

void ExampleRun::add_step_slopes(std::size_t population, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[population];
    const std::span<const double> slopes =
        step_outputs(population).subspan(step * plan.size, plan.size);
    float* adjoint = scratch(population).adjoint.data() +
                     plan.kernel.output * bound_.populations[population].padded;
    for (std::size_t k = 0; k < plan.size; ++k)
        adjoint[k] += static_cast<float>(slopes[k]);
}

void ExampleRun::mirror_arrivals(std::size_t population, std::size_t first, std::size_t count) {
    const std::size_t padded = bound_.populations[population].padded;
    const std::size_t begin = (slot_index_ * plan_.num_steps + first) * padded;
    for (Floats& table : chunk_.arrivals[population]) {
        const std::size_t half = table.size() / 2;
        for (std::size_t k = begin; k < begin + count * padded; ++k)
            table[half + k] = -table[k];
    }
}

}  // namespace saltus
