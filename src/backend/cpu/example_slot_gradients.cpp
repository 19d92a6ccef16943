#include <algorithm>

#include "backend/cpu/example_run.hpp"
#include "backend/cpu/profiler.hpp"

namespace saltus {

void ExampleRun::clear_slot_gradients(std::size_t population) {
    for (const std::size_t connection : bound_.populations[population].summed) {
        const std::size_t size = bound_.connections[connection].weight.size();
        std::fill_n(chunk_.slot_gradients[connection].data() + slot_index_ * size, size, 0.0F);
    }
}

void ExampleRun::add_slot_gradients(std::size_t population, std::size_t first, std::size_t count) {
    for (const std::size_t connection : bound_.populations[population].summed) {
        const ConnectionPlan& plan = plan_.connections[connection];
        const BoundConnection& bound = bound_.connections[connection];
        const bool relays = bound.relay != nullptr;
        add_slot_gradient(connection,
                          relays ? slot().relayed[connection].spikes() : slot().spikes[plan.source],
                          arrivals_from(population, plan.group, first), first, count);
        if (!is_signed(plan.source)) continue;
        const SpikeList& negative =
            relays ? slot().relayed_negative[connection].spikes() : slot().negative[plan.source];
        const float* const adjoints = arrivals_from(population, plan.group, first);
        if (bound_.populations[population].keeps_arrivals) {
            const Floats& table = chunk_.arrivals[population][plan.group];
            add_slot_gradient(connection, negative, adjoints + table.size() / 2, first, count);
            continue;
        }
        float* const gradient =
            chunk_.slot_gradients[connection].data() + slot_index_ * bound.weight.size();
        const auto negate = [&] {
            for (std::size_t k = 0; k < bound.weight.size(); ++k)
                gradient[k] = -gradient[k];
        };
        negate();
        add_slot_gradient(connection, negative, adjoints, first, count);
        negate();
    }
}

void ExampleRun::add_slot_gradient(std::size_t connection, const SpikeList& spikes,
                                   const float* adjoints, std::size_t first, std::size_t count) {
    const BoundConnection& bound = bound_.connections[connection];
    const ConnectionPlan& plan = plan_.connections[connection];
    const std::size_t lag = lag_of(plan);
    // What arrives before step `lag` is no spike's.
    const std::size_t earliest = std::max(first, lag);
    if (earliest >= first + count) return;
    const std::size_t steps = first + count - earliest;
    const std::uint64_t events =
        is_profiled() ? count_events(bound, spikes, earliest - lag, steps) : 0;
    const TimedPass time = timed(PassKind::kGradient, connection, events);
    const std::size_t padded = bound_.populations[plan.target].padded;
    float* const gradient =
        chunk_.slot_gradients[connection].data() + slot_index_ * bound.weight.size();
    for (std::size_t step = earliest; step < earliest + steps; ++step) {
        const float* const values = adjoints + (step - first) * padded;
        const std::uint32_t end = spikes.step_begin[step - lag + 1];
        for (std::uint32_t k = spikes.step_begin[step - lag]; k < end; ++k)
            bound.matrix->add_gradient(spikes.neurons[k], values, gradient);
    }
}

}  // namespace saltus
