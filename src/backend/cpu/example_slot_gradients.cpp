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
        const float* const adjoints = arrivals_from(population, plan.group, first);
        add_slot_gradient(connection, SpikeSign::kPositive, adjoints, first, count);
        if (!is_signed(plan.source)) continue;
        if (bound_.populations[population].keeps_arrivals) {
            // Minus the adjoints stand behind them.
            const std::size_t half = chunk_.arrivals[population][plan.group].size() / 2;
            add_slot_gradient(connection, SpikeSign::kNegative, adjoints + half, first, count);
            continue;
        }
        float* const gradient =
            chunk_.slot_gradients[connection].data() + slot_index_ * bound.weight.size();
        const auto negate = [&] {
            for (std::size_t k = 0; k < bound.weight.size(); ++k)
                gradient[k] = -gradient[k];
        };
        negate();
        add_slot_gradient(connection, SpikeSign::kNegative, adjoints, first, count);
        negate();
    }
}

void ExampleRun::add_slot_gradient(std::size_t connection, SpikeSign sign, const float* adjoints,
                                   std::size_t first, std::size_t count) {
    const BoundConnection& bound = bound_.connections[connection];
    const ConnectionPlan& plan = plan_.connections[connection];
    const std::size_t lag = lag_of(plan);
    // What arrives before step `lag` is no spike's.
    const std::size_t earliest = std::max(first, lag);
    if (earliest >= first + count) return;
    const SpikeList& sent = spikes_of(plan.source, sign);
    const std::uint64_t events =
        is_profiled() ? count_events(bound, sent, earliest - lag, first + count - earliest) : 0;
    const TimedPass time = timed(PassKind::kGradient, connection, events);
    const SpikeList& spikes = bound.relay ? relayed_of(connection, sign).spikes() : sent;
    const std::size_t padded = bound_.populations[plan.target].padded;
    float* const gradient =
        chunk_.slot_gradients[connection].data() + slot_index_ * bound.weight.size();
    for (std::size_t step = earliest; step < first + count; ++step) {
        const float* const values = adjoints + (step - first) * padded;
        const std::uint32_t begin = spikes.step_begin[step - lag];
        const std::uint32_t end = spikes.step_begin[step - lag + 1];
        bound.matrix->add_gradients({spikes.neurons.data() + begin, end - begin}, values, gradient);
    }
}

}  // namespace saltus
