#include <algorithm>

#include "backend/reference/reference_example.hpp"

#include <cmath>

namespace saltus {

template <class T>
double ReferenceExample<T>::loss(const Loss* loss, std::size_t output) {
    const PopulationPlan& plan = plan_.populations[output];
    const TargetView& targets = batch_.targets[output];
    History& history = history_[output];
    history.readout_slope.assign(plan.size, 0.0);
    if (loss == nullptr || targets.empty()) return 0.0;
    std::vector<double> numbers;
    const Target target = targets.of(example_, numbers);
    if (!targets.of_steps && !loss->takes_values()) history.label = target.label;
    if (!targets.of_steps) return loss->evaluate(history.readout, target, history.readout_slope);
    std::vector<double> outputs;
    for (const std::vector<Moment>& step : history.end) {
        for (const Moment& moment : step)
            outputs.push_back(static_cast<double>(moment.states[plan.kernel.output]));
    }
    history.step_slope.resize(outputs.size());
    return loss->evaluate(outputs, target, history.step_slope);
}

template <class T>
void ReferenceExample<T>::backward(double batch_count, const std::vector<Pulls>& pulls,
                                   ReferenceNetwork<T>& network) {
    pulls_ = &pulls;
    std::vector<std::vector<Moment>> adjoint(plan_.populations.size());
    for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
        const PopulationPlan& plan = plan_.populations[index];
        if (plan.input != InputKind::kNone) continue;
        const Moment zero = network_.populations[index].zero();
        adjoint[index].assign(plan.size, zero);
        history_[index].adjoint.assign(plan_.num_steps, std::vector<Moment>(plan.size, zero));
        for (double& slope : history_[index].readout_slope)
            slope /= batch_count;
        for (double& slope : history_[index].step_slope)
            slope /= batch_count;
        history_[index].by_end.assign(plan.size, T(0));
        history_[index].is_drawn.assign(plan.size, false);
        for (const std::uint32_t neuron : silent_neurons(
                 plan, pulls[index], history_[index].spikes.neurons, history_[index].label)) {
            history_[index].is_drawn[neuron] = true;
        }
        if (!plan.readout || plan.readout->source != ReadoutSource::kFinalVariable) continue;
        for (std::size_t j = 0; j < plan.size; ++j) {
            adjoint[index][j].states[plan.kernel.output] =
                static_cast<T>(history_[index].readout_slope[j]);
        }
    }
    const auto is_of_equations = [&](std::size_t index) {
        return plan_.populations[index].input == InputKind::kNone;
    };
    if (plan_.lags_behind) {
        const auto is_output = [&](std::size_t index) {
            return plan_.populations[index].readout.has_value();
        };
        std::vector<std::vector<Moment>> first = adjoint;
        const std::vector<std::vector<double>> slopes = delay_step_slopes();
        retreat_all(is_of_equations, adjoint);
        for (std::size_t index = 0; index < slopes.size(); ++index)
            history_[index].step_slope = slopes[index];
        std::swap(adjoint, first);
        retreat_all([&](std::size_t index) { return is_of_equations(index) && is_output(index); },
                    adjoint);
        for (std::size_t index = 0; index < adjoint.size(); ++index)
            if (!is_output(index)) adjoint[index] = first[index];
    } else {
        retreat_all(is_of_equations, adjoint);
    }
    for (std::size_t index = 0; index < adjoint.size(); ++index)
        history_[index].last = std::move(adjoint[index]);
    for (std::size_t step = plan_.num_steps; step-- > 0;) {
        for (std::size_t index = 0; index < plan_.connections.size(); ++index)
            accumulate_gradient(index, step, network);
    }
}

template <class T>
void ReferenceExample<T>::add_parameters(std::size_t index, ParameterTraining& training) const {
    const std::vector<Moment>& neurons = history_[index].last;
    for (std::size_t j = 0; j < neurons.size(); ++j) {
        for (std::size_t q = 0; q < neurons[j].parameters.size(); ++q)
            training.add(index, q, j, std::span<const T>(&neurons[j].parameters[q], 1));
    }
}

template <class T>
template <class Takes>
void ReferenceExample<T>::retreat_all(const Takes& takes,
                                      std::vector<std::vector<Moment>>& adjoint) {
    for (std::size_t step = plan_.num_steps; step-- > 0;) {
        // Every consequence of a spike lies in later steps, so the order of populations is free.
        for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
            const bool is_late = plan_.lags_behind && !plan_.populations[index].readout;
            if (!takes(index) || (is_late && step + 1 == plan_.num_steps)) continue;
            retreat(index, step, adjoint[index]);
        }
    }
}

template <class T>
std::vector<std::vector<double>> ReferenceExample<T>::delay_step_slopes() {
    std::vector<std::vector<double>> before;
    for (std::size_t index = 0; index < history_.size(); ++index) {
        std::vector<double>& slopes = history_[index].step_slope;
        before.push_back(slopes);
        if (slopes.empty()) continue;
        const auto size = static_cast<std::ptrdiff_t>(plan_.populations[index].size);
        std::copy_backward(slopes.begin(), slopes.end() - size, slopes.end());
        std::fill(slopes.begin(), slopes.begin() + size, 0.0);
    }
    return before;
}

template <class T>
void ReferenceExample<T>::retreat(std::size_t index, std::size_t step,
                                  std::vector<Moment>& adjoint) {
    const PopulationPlan& plan = plan_.populations[index];
    const ReferencePopulation<T>& equations = network_.populations[index];
    History& history = history_[index];
    // Outputs are compared after the reset.
    for (std::size_t j = 0; j < plan.size && !history.step_slope.empty(); ++j) {
        adjoint[j].states[plan.kernel.output] +=
            static_cast<T>(history.step_slope[step * plan.size + j]);
    }
    if (plan.kernel.surrogate) {
        undo_decisions(index, step, adjoint);
    } else {
        undo_spikes(index, step, adjoint);
        undo_releases(index, step, adjoint);
        undo_silence(index, step, adjoint);
    }
    for (std::size_t j = 0; j < plan.size; ++j) {
        if (plan.readout && plan.readout->source == ReadoutSource::kVariable) {
            adjoint[j].states[plan.kernel.output] +=
                static_cast<T>(plan.readout->step_weights[step] * history.readout_slope[j]);
        }
        if (reads(index, ReadoutSource::kMaximum) && history.readout_step[j] == step) {
            adjoint[j].states[plan.kernel.output] += static_cast<T>(history.readout_slope[j]);
        }
        adjoint[j] = equations.transpose_step(history.start[step][j], adjoint[j],
                                              history.waiting[step][j], history.free[step][j], j);
        history.adjoint[step][j] = adjoint[j];
    }
}

template <class T>
void ReferenceExample<T>::undo_spikes(std::size_t index, std::size_t step,
                                      std::vector<Moment>& adjoint) {
    const ReferencePopulation<T>& equations = network_.populations[index];
    History& history = history_[index];
    for (std::uint32_t k = history.spikes.step_begin[step]; k < history.spikes.step_begin[step + 1];
         ++k) {
        const std::size_t j = history.spikes.neurons[k];
        const Moment& before = history.before_reset[step][j];
        T by_time = kappa(index, j, step) + history.by_end[j];
        // The readout is minus the time of the first spike.
        if (reads(index, ReadoutSource::kFirstSpike) && history.readout_step[j] == step)
            by_time -= static_cast<T>(history.readout_slope[j]);
        history.by_end[j] = T(0);
        const bool is_late =
            ends_waiting(index, step, j) && equations.spikes(history.start[step][j], j);
        if (is_late) {
            equations.undo_late_spike(before, by_time, j, adjoint[j], history.by_end[j]);
        } else {
            equations.undo_spike(before, by_time, j, adjoint[j]);
        }
        const std::vector<double>& pulls = (*pulls_)[index].at_spikes;
        if (pulls.empty()) continue;
        adjoint[j].states[plan_.populations[index].kernel.output] += static_cast<T>(pulls[j]);
    }
}

template <class T>
void ReferenceExample<T>::undo_releases(std::size_t index, std::size_t step,
                                        const std::vector<Moment>& adjoint) {
    History& history = history_[index];
    for (std::size_t j = 0; j < adjoint.size(); ++j) {
        if (!ends_waiting(index, step, j)) continue;
        history.by_end[j] += network_.populations[index].release(history.before_reset[step][j],
                                                                 adjoint[j].states, j);
    }
}

template <class T>
void ReferenceExample<T>::undo_silence(std::size_t index, std::size_t step,
                                       std::vector<Moment>& adjoint) const {
    const History& history = history_[index];
    for (std::size_t j = 0; j < adjoint.size(); ++j) {
        if (!history.is_drawn[j] || history.nearest_step[j] != step) continue;
        const std::vector<T> gradient =
            network_.populations[index].crossing_gradient(history.before_reset[step][j], j);
        for (std::size_t a = 0; a < gradient.size(); ++a) {
            adjoint[j].states[a] -= static_cast<T>((*pulls_)[index].of_silent[j]) * gradient[a];
        }
    }
}

template <class T>
void ReferenceExample<T>::undo_decisions(std::size_t index, std::size_t step,
                                         std::vector<Moment>& adjoint) const {
    const PopulationPlan& plan = plan_.populations[index];
    if (!plan.kernel.spiking) return;
    const History& history = history_[index];
    std::vector<bool> spiked(plan.size);
    for (std::uint32_t k = history.spikes.step_begin[step]; k < history.spikes.step_begin[step + 1];
         ++k) {
        spiked[history.spikes.neurons[k]] = true;
    }
    const bool counts = plan.readout && plan.readout->source == ReadoutSource::kSpikes;
    for (std::size_t j = 0; j < plan.size; ++j) {
        const T zeta =
            kappa(index, j, step) + (counts ? static_cast<T>(history.readout_slope[j]) : T(0));
        network_.populations[index].undo_decision(history.before_reset[step][j], zeta, spiked[j],
                                                  history.free[step][j], j, adjoint[j]);
    }
}

template <class T>
T ReferenceExample<T>::kappa(std::size_t population, std::size_t neuron, std::size_t step) const {
    T sum(0);
    for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
        const ConnectionPlan& connection = plan_.connections[index];
        if (connection.source != population || !connection.feeds_back) continue;
        const SynapseTable& table = *network_.tables[index];
        for (std::size_t synapse = table.row_begin[neuron]; synapse < table.row_begin[neuron + 1];
             ++synapse) {
            const std::size_t arrival =
                step + 1 + connection.delay + network_.delay_of(index, synapse);
            if (arrival < plan_.num_steps) sum += arrival_slope(index, synapse, arrival);
        }
    }
    for (const FeedbackPlan& feedback : plan_.feedbacks) {
        if (feedback.source != population || step + 1 >= plan_.num_steps) continue;
        const std::vector<Moment>& signals = history_[feedback.output].adjoint[step + 1];
        const std::size_t size = plan_.populations[population].size;
        const double scale = feedback.fades ? batch_.feedback_scale : 1.0;
        for (std::size_t k = 0; k < signals.size(); ++k) {
            const double weight = scale * feedback.weights[k * size + neuron];
            sum += static_cast<T>(weight) * signals[k].synapses[0];
        }
    }
    return sum;
}

template <class T>
T ReferenceExample<T>::arrival_slope(std::size_t index, std::size_t synapse,
                                     std::size_t arrival) const {
    const ConnectionPlan& connection = plan_.connections[index];
    const SynapseTable& table = *network_.tables[index];
    const std::size_t post = table.post[synapse];
    const History& target = history_[connection.target];
    const T weight = network_.effective_weight(index, table.weight_of(synapse));
    if (plan_.has_surrogates())
        return weight * target.adjoint[arrival][post].synapses[connection.group];
    return weight * network_.populations[connection.target].arrival_shift(
                        target.start[arrival][post], target.adjoint[arrival][post],
                        target.waiting[arrival][post], connection.group, post);
}

template <class T>
void ReferenceExample<T>::accumulate_gradient(std::size_t index, std::size_t step,
                                              ReferenceNetwork<T>& network) const {
    const ConnectionPlan& connection = plan_.connections[index];
    const SynapseTable& table = *network_.tables[index];
    const auto scale = static_cast<T>(connection.weight_scale);
    const auto dt = static_cast<T>(plan_.dt);
    const std::size_t arrival = step + 1 - connection.gradient_lag;
    for_each_arrival(index, arrival, [&](std::size_t synapse, std::size_t weight, T sign) {
        const Moment& adjoint = history_[connection.target].adjoint[step][table.post[synapse]];
        network.gradients[index][weight] += sign * scale * adjoint.synapses[connection.group];
        if (!plan_.wants_delay_gradients && !connection.learned_delay) return;
        network.delay_gradients[index][connection.has_uniform_delay() ? 0 : weight] +=
            sign * dt * arrival_slope(index, synapse, step);
    });
}

template <class T>
bool ReferenceExample<T>::has_exploded(std::size_t index) const {
    const ConnectionPlan& connection = plan_.connections[index];
    const History& target = history_[connection.target];
    for (const std::vector<Moment>& step : target.adjoint) {
        for (const Moment& adjoint : step) {
            if (!(std::abs(adjoint.synapses[connection.group]) <= kGreatestAdjoint<T>)) return true;
        }
    }
    // Derivatives of losses that reach the adjoints of no step.
    return !are_within(double{kGreatestAdjoint<T>}, std::span<const double>(target.readout_slope));
}

template double ReferenceExample<float>::loss(const Loss*, std::size_t);
template double ReferenceExample<double>::loss(const Loss*, std::size_t);
template void ReferenceExample<float>::add_parameters(std::size_t, ParameterTraining&) const;
template void ReferenceExample<double>::add_parameters(std::size_t, ParameterTraining&) const;
template bool ReferenceExample<float>::has_exploded(std::size_t) const;
template bool ReferenceExample<double>::has_exploded(std::size_t) const;
template void ReferenceExample<float>::backward(double, const std::vector<Pulls>&,
                                                ReferenceNetwork<float>&);
template void ReferenceExample<double>::backward(double, const std::vector<Pulls>&,
                                                 ReferenceNetwork<double>&);

}  // namespace saltus
