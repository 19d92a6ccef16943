#include <algorithm>

#include "backend/cpu/example_run.hpp"

namespace saltus {

void ExampleRun::backward_by_segments(const Batch& batch, std::uint32_t example) {
    for (const Stage& stage : plan_.backward)
        begin_stage(stage);
    const std::size_t interval = bound_.checkpoint_interval;
    for (std::size_t end = plan_.num_steps; end > 0; end = segment_begin_) {
        segment_begin_ = (end - 1) / interval * interval;
        if (end < plan_.num_steps) {
            for (std::size_t index = 0; index < plan_.populations.size(); ++index)
                move_arrivals(index);
            for (const Stage& stage : plan_.forward)
                replay(stage, batch, example, end);
        }
        for (const Stage& stage : plan_.backward)
            retreat_steps(stage, segment_begin_, end);
    }
    for (const Stage& stage : plan_.backward) {
        for (const std::size_t population : stage.populations)
            leave_parameters(population);
    }
}

void ExampleRun::replay(const Stage& stage, const Batch& batch, std::uint32_t example,
                        std::size_t end) {
    const bool keeps = std::any_of(stage.populations.begin(), stage.populations.end(),
                                   [&](std::size_t index) { return !trail(index).kept.empty(); });
    if (!keeps) return;
    replays_ = true;
    keeps_tape_ = true;
    clock_ = batch.first_step;
    for (const std::size_t population : stage.populations) {
        const Floats& checkpoints = trail(population).checkpoints;
        Floats& state = scratch(population).state;
        const std::size_t segment = segment_begin_ / bound_.checkpoint_interval;
        std::copy_n(checkpoints.begin() + static_cast<std::ptrdiff_t>(segment * state.size()),
                    state.size(), state.begin());
        prepare_advance(population);
    }
    advance_steps(stage, batch, example, history_ + segment_begin_, history_ + end);
    replays_ = false;
}

void ExampleRun::keep_checkpoint(const Stage& stage, std::size_t step) {
    for (const std::size_t population : stage.populations) {
        Floats& checkpoints = trail(population).checkpoints;
        if (checkpoints.empty()) continue;
        const Floats& state = scratch(population).state;
        const std::size_t segment = step / bound_.checkpoint_interval;
        std::copy(state.begin(), state.end(),
                  checkpoints.begin() + static_cast<std::ptrdiff_t>(segment * state.size()));
    }
}

// Of the segment after it only what this one's spikes reach is still asked for.
void ExampleRun::move_arrivals(std::size_t population) {
    const BoundPopulation& bound = bound_.populations[population];
    if (!bound.retreats) return;
    const std::size_t moved = bound.arrival_rows - bound_.checkpoint_interval;
    for (std::size_t group = 0; group < plan_.populations[population].groups.size(); ++group) {
        float* const rows =
            scratch(population).arrival_rows.data() + group * bound.arrival_rows * bound.padded;
        std::copy_backward(rows, rows + moved * bound.padded,
                           rows + bound.arrival_rows * bound.padded);
    }
}

}  // namespace saltus
