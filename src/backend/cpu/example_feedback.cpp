#include <algorithm>

#include "backend/cpu/example_run.hpp"
#include "backend/cpu/profiler.hpp"

namespace saltus {

// Of the large tables of sparse spikes only the places of these are ever looked at.
void ExampleRun::clear_feedback(std::size_t population, std::size_t first, std::size_t count) {
    const BoundPopulation& bound = bound_.populations[population];
    Floats& kappa = scratch(population).kappa;
    if (!bound.gets_feedback) return;
    if (bound.keeps_all_feedback) {
        std::fill(kappa.begin(), kappa.end(), 0.0F);
        return;
    }
    const SpikeList& spikes = slot().spikes[population];
    for (std::size_t step = 0; step < count; ++step) {
        float* const row = kappa.data() + step * bound.padded;
        const std::uint32_t end = spikes.step_begin[first + step + 1];
        for (std::uint32_t k = spikes.step_begin[first + step]; k < end; ++k)
            row[spikes.neurons[k]] = 0.0F;
    }
}

void ExampleRun::fold_feedback(std::size_t connection) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    const TimedPass time = timed(PassKind::kFoldFeedback, connection, plan.num_pre * plan.num_post);
    float* target = scratch(plan.source).fold_feedback.data() + plan.fold_index * bound.stride;
    kernels::combine_rows(bound.weight.data(), bound.stride, bound.columns,
                          row_of(chunk_.slopes, plan.target).data(), false, target);
}

void ExampleRun::broadcast(std::size_t population, std::size_t first, std::size_t count) {
    if (first + 1 >= plan_.num_steps) return;
    const std::size_t steps = std::min(count, plan_.num_steps - 1 - first);
    const TimedPass time =
        timed(PassKind::kBroadcast, population, plan_.populations[population].size * steps);
    const std::size_t padded = bound_.populations[population].padded;
    float* const kappa = scratch(population).kappa.data() + (first - block_begin_) * padded;
    for (std::size_t index = 0; index < plan_.feedbacks.size(); ++index) {
        const FeedbackPlan& plan = plan_.feedbacks[index];
        if (plan.source != population) continue;
        const std::size_t stride = bound_.populations[plan.output].padded;
        const float* const signals = chunk_.arrivals[plan.output][0].data() +
                                     (slot_index_ * plan_.num_steps + first + 1) * stride;
        kernels::add_combinations(bound_.feedbacks[index].data(), padded,
                                  plan_.populations[plan.output].size, signals, stride, steps,
                                  plan.fades ? feedback_scale_ : 1.0F, kappa, padded);
    }
}

void ExampleRun::feedback(std::size_t connection, std::size_t first, std::size_t count) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundConnection& bound = bound_.connections[connection];
    const std::size_t lag = 1 + std::size_t{plan.delay};
    // Spikes that would arrive after the last step have no effect.
    if (first + lag >= plan_.num_steps) return;
    const std::size_t steps = std::min(count, plan_.num_steps - lag - first);
    const auto [spikes, begin] = spikes_that_count(plan.source, first);
    const std::uint64_t events = is_profiled() ? count_events(bound, *spikes, begin, steps) : 0;
    const TimedPass time = timed(PassKind::kFeedback, connection, events);
    const std::size_t padded = bound_.populations[plan.source].padded;
    const StepRows<float> kappa{scratch(plan.source).kappa.data() + (first - block_begin_) * padded,
                                padded};
    if (bound.learned) {
        feedback_learned(connection, first, steps, kappa);
        return;
    }
    if (!bound.every_row.neurons.empty()) {
        feedback_pooled(connection, first, steps, kappa);
        return;
    }
    if (bound.relay || bound.matrix->has_own_delays()) {
        feedback_relayed(connection, first, steps, kappa);
        return;
    }
    const StepRows<const float> shift = shifts_from(connection, first + lag);
    if (!bound.transposed.empty()) {
        kernels::add_combinations(bound.transposed.data(), padded, plan.num_post, shift.values,
                                  shift.stride, steps, 1.0F, kappa.values, padded);
        return;
    }
    bound.matrix->feedback(bound.weight,
                           {spikes->step_begin.data() + begin, spikes->neurons.data(), steps},
                           shift, kappa);
}

std::pair<const SpikeList*, std::size_t> ExampleRun::spikes_that_count(std::size_t population,
                                                                       std::size_t first) {
    if (plan_.has_surrogates()) return {&bound_.populations[population].everyone, 0};
    return {&slot().spikes[population], first};
}

StepRows<const float> ExampleRun::shifts_from(std::size_t connection, std::size_t step) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const BoundPopulation& target = bound_.populations[plan.target];
    if (plan_.has_surrogates())
        return {arrivals_from(plan.target, plan.group, step), target.padded};
    const std::size_t row =
        plan.group * target.shift_rows(plan_.num_steps) + (step & target.shift_mask);
    return {trail(plan.target).shift.data() + row * target.padded, target.padded};
}

/// Calls visit(neuron, row, spike's step, arrival) for the rows of a connection's matrix that the
/// spikes of some steps become, as far as they arrive within the example. Those of the first step
/// are those of step `begin` of the list.
template <class Visit>
void ExampleRun::for_each_arrival(std::size_t connection, const SpikeList& spikes,
                                  std::size_t begin, std::size_t first, std::size_t count,
                                  const Visit& visit) {
    const ConnectionPlan& plan = plan_.connections[connection];
    const SpikeRelay* relay = bound_.connections[connection].relay.get();
    for (std::size_t step = first; step < first + count; ++step) {
        const std::size_t earliest = step + 1 + plan.delay;
        const std::size_t listed = begin + step - first;
        for (std::uint32_t k = spikes.step_begin[listed]; k < spikes.step_begin[listed + 1]; ++k) {
            const std::uint32_t neuron = spikes.neurons[k];
            if (relay == nullptr) {
                if (earliest < plan_.num_steps) visit(neuron, neuron, step, earliest);
                continue;
            }
            relay->for_each_row(neuron, [&](std::uint32_t row, std::uint32_t delay) {
                const std::size_t arrival = earliest + delay;
                if (arrival < plan_.num_steps) visit(neuron, row, step, arrival);
            });
        }
    }
}

// Many neurons share the products of a row.
void ExampleRun::feedback_pooled(std::size_t connection, std::size_t first, std::size_t count,
                                 const StepRows<float>& kappa) {
    const BoundConnection& bound = bound_.connections[connection];
    const ConnectionPlan& plan = plan_.connections[connection];
    const StepRows<const float> shift =
        shifts_from(connection, first + 1 + std::size_t{plan.delay});
    const SpikeRows rows{bound.every_row.step_begin.data(), bound.every_row.neurons.data(), 1};
    Floats& products = worker_.row_products;
    products.resize(std::max(products.size(), bound.relay->num_rows()));
    for (std::size_t step = 0; step < count; ++step) {
        std::fill_n(products.data(), bound.relay->num_rows(), 0.0F);
        bound.matrix->feedback(bound.weight, rows, {shift.row(step), shift.stride},
                               {products.data(), products.size()});
        float* const sums = kappa.row(step);
        for (std::uint32_t neuron = 0; neuron < plan.num_pre; ++neuron) {
            bound.relay->for_each_row(neuron, [&](std::uint32_t row, std::uint32_t /*delay*/) {
                sums[neuron] += products[row];
            });
        }
    }
}

void ExampleRun::feedback_relayed(std::size_t connection, std::size_t first, std::size_t count,
                                  const StepRows<float>& kappa) {
    const BoundConnection& bound = bound_.connections[connection];
    const StepRows<const float> shift = shifts_from(connection, first);
    const auto [spikes, begin] = spikes_that_count(plan_.connections[connection].source, first);
    for_each_arrival(
        connection, *spikes, begin, first, count,
        [&](std::uint32_t neuron, std::uint32_t row, std::size_t step, std::size_t arrival) {
            float& sum = kappa.row(step - first)[neuron];
            if (bound.matrix->has_own_delays()) {
                sum += bound.matrix->delayed_product(row, shift, arrival - first,
                                                     plan_.num_steps - first);
            } else {
                sum += bound.matrix->product(bound.weight, row, shift.row(arrival - first));
            }
        });
}

void ExampleRun::add_delay_gradient(std::size_t connection, std::vector<double>& gradient) {
    const std::size_t source = plan_.connections[connection].source;
    add_delay_gradient(connection, slot().spikes[source], gradient);
    if (!is_signed(source)) return;
    const auto negate = [&gradient] {
        for (double& entry : gradient)
            entry = -entry;
    };
    negate();
    add_delay_gradient(connection, slot().negative[source], gradient);
    negate();
}

void ExampleRun::add_delay_gradient(std::size_t connection, const SpikeList& spikes,
                                    std::vector<double>& gradient) {
    const BoundConnection& bound = bound_.connections[connection];
    const ConnectionPlan& plan = plan_.connections[connection];
    const StepRows<const float> shift = shifts_from(connection, 0);
    for_each_arrival(connection, spikes, 0, 0, plan_.num_steps,
                     [&](std::uint32_t, std::uint32_t row, std::size_t, std::size_t arrival) {
                         if (plan.has_uniform_delay()) {
                             gradient[0] += static_cast<double>(
                                 bound.matrix->product(bound.weight, row, shift.row(arrival)));
                         } else {
                             bound.matrix->add_delay_gradient(bound.weight, row, shift.row(arrival),
                                                              gradient.data());
                         }
                     });
}

}  // namespace saltus
