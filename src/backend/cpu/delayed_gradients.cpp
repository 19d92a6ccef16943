#include "backend/cpu/gradients.hpp"
#include "backend/cpu/profiler.hpp"

namespace saltus {

void GradientPass::run_delayed_rows(const Task& task, const Chunk& chunk, Worker& worker) {
    const TimedPass time(worker.accounts.get(), PassKind::kGradient, task.connection);
    const ConnectionPlan& plan = bound_.plan.connections[task.connection];
    BoundConnection& connection = bound_.connections[task.connection];
    LearnedDelays& learned = *connection.learned;
    const std::size_t steps = bound_.plan.num_steps;
    const std::size_t padded = bound_.populations[plan.target].padded;
    const Floats& adjoints = chunk.arrivals[plan.target][plan.group];
    arrivals_[task.arrivals].for_each(
        task.first, task.count, [&](std::size_t row, std::size_t arrival) {
            // Negative spikes stand behind the others.
            const bool is_negative = arrival >= chunk.slots.size() * steps;
            if (is_negative) arrival -= chunk.slots.size() * steps;
            const std::size_t step = arrival % steps;
            const Floats& shift = chunk.slots[arrival / steps].trails[plan.target].shift;
            const std::size_t place = learned.first_place(row);
            kernels::add_delayed_gradients(
                learned.row(connection.weight, row), is_negative ? -1.0F : 1.0F,
                learned.end_of(steps - step), adjoints.data() + arrival * padded,
                shift.data() + (plan.group * steps + step) * padded,
                connection.gradient.data() + place, learned.gradient.data() + place);
        });
}

void GradientPass::clear_delay_gradients() {
    for (BoundConnection& connection : bound_.connections) {
        if (connection.learned)
            std::fill(connection.learned->gradient.begin(), connection.learned->gradient.end(),
                      0.0F);
    }
}

}  // namespace saltus
