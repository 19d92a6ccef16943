#include "backend/cpu/example_run.hpp"
#include "backend/cpu/profiler.hpp"

namespace saltus {

void ExampleRun::propagate_learned(std::size_t connection, std::size_t first, std::size_t count,
                                   bool accumulate) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const LearnedDelays& learned = *bound_.connections[connection].learned;
    DelayLine& line = worker_.delay_lines[connection];
    const std::size_t stride = learned.target_stride();
    if (first == history_) line.begin(first);
    line.move_to(first, count, learned.most(), stride);
    // Those of the last step arrive after the block.
    const std::size_t end = first + count - 1;
    send(connection, SpikeSign::kPositive, line, end);
    if (is_signed(plan.source)) send(connection, SpikeSign::kNegative, line, end);
    line.next = end;
    float* const input = input_row(plan.target, plan.group, first);
    const float* const arriving = line.rows.data() + (first - line.first) * stride;
    if (!accumulate) {
        std::copy_n(arriving, count * stride, input);
        return;
    }
    for (std::size_t k = 0; k < count * stride; ++k)
        input[k] += arriving[k];
}

void ExampleRun::send(std::size_t connection, SpikeSign sign, DelayLine& line, std::size_t end) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    const LearnedDelays& learned = *bound.learned;
    const SpikeList& spikes = spikes_of(plan.source, sign);
    const std::uint64_t events =
        is_profiled() ? count_events(bound, spikes, line.next, end - line.next) : 0;
    const TimedPass time = timed(PassKind::kPropagate, connection, events);
    const float factor = sign == SpikeSign::kPositive ? 1.0F : -1.0F;
    const std::size_t last = history_ + plan_.num_steps;
    for (std::size_t step = line.next; step < end; ++step) {
        // Spikes of the steps before an example have arrived in part.
        const std::size_t late = line.first > step + 1 ? line.first - step - 1 : 0;
        if (late > learned.most()) continue;
        const kernels::OffsetRange range{learned.first_of(late), learned.end_of(last - step - 1)};
        float* const table =
            line.rows.data() + (step + 1 - line.first + late) * learned.target_stride();
        for (std::uint32_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
            kernels::scatter_delayed(learned.row(bound.weight, spikes.neurons[k]), factor, range,
                                     table - range.first);
        }
    }
}

void ExampleRun::feedback_learned(std::size_t connection, std::size_t first, std::size_t count,
                                  const StepRows<float>& kappa) {
    const BoundConnection& bound = bound_.connections[connection];
    const LearnedDelays& learned = *bound.learned;
    const StepRows<const float> shift = shifts_from(connection, 0);
    const SpikeList& spikes = slot().spikes[plan_.connections[connection].source];
    for (std::size_t step = first; step < first + count; ++step) {
        const std::uint32_t end = learned.end_of(plan_.num_steps - step - 1);
        for (std::uint32_t k = spikes.step_begin[step]; k < spikes.step_begin[step + 1]; ++k) {
            const std::uint32_t neuron = spikes.neurons[k];
            kappa.row(step - first)[neuron] += kernels::product_delayed(
                learned.row(bound.weight, neuron), end, shift.row(step + 1));
        }
    }
}

}  // namespace saltus
