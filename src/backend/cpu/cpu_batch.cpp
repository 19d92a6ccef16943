#include "backend/cpu/cpu_program.hpp"

namespace saltus {

void CpuProgram::begin_recordings(const Batch& batch, std::size_t first, std::size_t count) {
    for (std::size_t position = 0; position < count; ++position) {
        ExampleSlot& slot = chunk_.slots[position];
        slot.is_recorded = batch.records_example(first + position);
        if (!slot.is_recorded) continue;
        const std::size_t populations = bound_.plan.populations.size();
        slot.states.resize(populations);
        for (std::size_t index = 0; index < populations; ++index) {
            const std::vector<bool>& wanted = chunk_.records[index].states;
            const std::size_t values = bound_.plan.num_steps * bound_.plan.populations[index].size;
            slot.states[index].resize(wanted.size());
            for (std::size_t state = 0; state < wanted.size(); ++state) {
                slot.states[index][state].resize(wanted[state] ? values : 0);
            }
        }
    }
}

void CpuProgram::run_examples(const Batch& batch, std::size_t first, std::size_t count,
                              bool backward) {
    const auto run_some = [&](std::size_t begin, std::size_t end, Worker& worker) {
        for (std::size_t slot = begin; slot < end; ++slot) {
            if (slot + 1 < end) prefetch(batch, first + slot + 1);
            std::vector<Trail>& trails =
                backward && learns_delays_ ? chunk_.slots[slot].trails : worker.trails;
            ExampleRun run(bound_, losses_, worker, trails, chunk_, slot);
            run.set_feedback_scale(batch.feedback_scale);
            run.set_pulls(pulls_.all());
            run.forward(batch, batch.examples[first + slot], backward);
            if (backward) run.backward(batch, batch.examples[first + slot]);
            if (backward && bound_.plan.wants_delay_gradients) add_delay_gradients(run);
        }
    };
    if (bound_.plan.wants_delay_gradients) {
        // Examples add to the same sums, in their order.
        run_some(0, count, worker_of(0));
    } else {
        parallel_for(count, Balance::kOnDemand, run_some);
    }
}

void CpuProgram::add_delay_gradients(ExampleRun& run) {
    for (std::size_t index = 0; index < bound_.connections.size(); ++index)
        if (!bound_.connections[index].learned)
            run.add_delay_gradient(index, bound_.connections[index].delay_gradient);
}

void CpuProgram::run_together(const Batch& batch, std::size_t first, std::size_t count) {
    const auto run_each = [&](const auto& pass) {
        parallel_for(count, Balance::kOnDemand,
                     [&](std::size_t begin, std::size_t end, Worker& worker) {
                         for (std::size_t slot = begin; slot < end; ++slot) {
                             ExampleRun run(bound_, losses_, worker, chunk_.slots[slot].trails,
                                            chunk_, slot);
                             run.set_pulls(pulls_.all());
                             pass(run, slot);
                         }
                     });
    };
    run_each([&](ExampleRun& run, std::size_t slot) {
        run.forward(batch, batch.examples[first + slot], true);
    });
    add_spikes(count);
    pulls_.finish();
    run_each([&](ExampleRun& run, std::size_t slot) {
        run.backward(batch, batch.examples[first + slot]);
    });
    if (bound_.plan.wants_delay_gradients) add_all_delay_gradients(count);
}

void CpuProgram::add_all_delay_gradients(std::size_t count) {
    for (std::size_t slot = 0; slot < count; ++slot) {
        ExampleRun run(bound_, losses_, worker_of(0), chunk_.slots[slot].trails, chunk_, slot);
        add_delay_gradients(run);
    }
}

void CpuProgram::run_levels(const Batch& batch, std::size_t first, std::size_t count) {
    for (const Level& level : forward_) {
        const bool is_first = &level == &forward_.front();
        run_level(level, count, 1.0, [&](const Strand& strand, std::size_t slot, ExampleRun& run) {
            if (is_first && slot + 1 < count) prefetch(batch, first + slot + 1);
            for (const Stage* stage : strand)
                run.advance_stage(*stage, batch, batch.examples[first + slot], true);
        });
    }
    if (counts_within(batch)) {
        add_spikes(count);
        pulls_.finish();
    }
    for (const Level& level : backward_) {
        run_level(level, count, batch.feedback_scale,
                  [](const Strand& strand, std::size_t, ExampleRun& run) {
                      for (const Stage* stage : strand)
                          run.retreat_stage(*stage);
                  });
    }
}

template <class Body>
void CpuProgram::run_level(const Level& level, std::size_t count, double feedback_scale,
                           const Body& body) {
    parallel_for(level.size() * count, Balance::kEven,
                 [&](std::size_t begin, std::size_t end, Worker& worker) {
                     for (std::size_t task = begin; task < end; ++task) {
                         const std::size_t slot = task % count;
                         ExampleRun run(bound_, losses_, worker, chunk_.slots[slot].trails, chunk_,
                                        slot);
                         run.set_feedback_scale(feedback_scale);
                         run.set_pulls(pulls_.all());
                         body(level[task / count], slot, run);
                     }
                 });
}

void CpuProgram::collect(std::size_t first, std::size_t count, BatchResult& result) {
    for (std::size_t position = 0; position < count; ++position) {
        const ExampleSlot& slot = chunk_.slots[position];
        if (!slot.is_recorded) continue;
        join(split_, chunk_.records, slot, result.recordings[first + position]);
    }
    for (const std::size_t output : outputs_) {
        const std::size_t size = bound_.plan.populations[output].size;
        std::copy_n(chunk_.readouts[output].begin(), count * size,
                    result.readouts[output].begin() + static_cast<std::ptrdiff_t>(first * size));
    }
    for (const std::size_t output : outputs_) {
        if (result.output_losses[output].empty()) continue;
        for (std::size_t position = 0; position < count; ++position) {
            const double loss = chunk_.losses[output][position];
            result.output_losses[output][first + position] = loss;
            result.losses[first + position] += loss;
        }
    }
}

void CpuProgram::begin_watch(BatchResult& result) {
    result.exploded.clear();
    result.exploded_parameters.clear();
    result.rewirings.clear();
    result.has_spiked.assign(split_.parts.size(), false);
    for (ExampleSlot& slot : chunk_.slots) {
        slot.exploded.assign(bound_.populations.size(), 0);
        slot.has_spiked.assign(bound_.populations.size(), 0);
    }
}

void CpuProgram::watch(std::size_t count, BatchResult& result) {
    std::vector<std::uint32_t> exploded(bound_.populations.size(), 0);
    for (std::size_t position = 0; position < count; ++position) {
        const ExampleSlot& slot = chunk_.slots[position];
        for (std::size_t index = 0; index < exploded.size(); ++index) {
            exploded[index] |= slot.exploded[index];
            if (slot.has_spiked[index] != 0) result.has_spiked[split_.original[index]] = true;
        }
    }
    for (const std::size_t output : outputs_) {
        const double* slopes = chunk_.slopes[output].data();
        const std::size_t slots = count * bound_.plan.populations[output].size;
        // A folded readout has no adjoints in which they would be found.
        if (!are_within(kGreatestAdjoint<float>, std::span(slopes, slots)))
            exploded[output] = ~std::uint32_t{0};
    }
    for (std::size_t original = 0; original < split_.blocks.size(); ++original) {
        if (!plan_.connections[original].trainable) continue;
        for (const Block& block : split_.blocks[original]) {
            const ConnectionPlan& connection = bound_.plan.connections[block.connection];
            if ((exploded[connection.target] >> connection.group & 1) != 0)
                result.add_exploded(original);
        }
    }
}

void CpuProgram::count_in_advance(const Batch& batch) {
    for (ExampleSlot& slot : chunk_.slots)
        slot.is_recorded = false;
    for_each_chunk(batch, [&](std::size_t first, std::size_t count) {
        run_examples(batch, first, count, false);
        add_spikes(count);
    });
    pulls_.finish();
}

void CpuProgram::add_spikes(std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
        pulls_.add([&](std::size_t population) -> std::span<const std::uint32_t> {
            return chunk_.slots[k].spikes[population].neurons;
        });
    }
}

}  // namespace saltus
