#include <algorithm>
#include <limits>

#include "backend/input_spikes.hpp"
#include "backend/reference/reference_example.hpp"

namespace saltus {

template <class T>
ReferenceExample<T>::ReferenceExample(const ReferenceNetwork<T>& network, const Batch& batch,
                                      std::uint32_t example, Carried* carry)
    : network_(network),
      plan_(network.plan),
      batch_(batch),
      example_(example),
      carry_(carry),
      history_(network.plan.populations.size()) {
    const std::size_t populations = plan_.populations.size();
    std::vector<std::vector<T>> refractory(populations);
    for (std::size_t index = 0; index < populations; ++index)
        begin(index, refractory[index]);
    for (std::size_t step = 0; step < plan_.num_steps; ++step) {
        for (std::size_t index = 0; index < populations; ++index) {
            if (plan_.populations[index].has_equations()) advance(index, step, refractory[index]);
        }
    }
    for (const std::size_t output : plan_.outputs())
        finish_readout(output);
    if (carry_ != nullptr) leave(refractory);
}

template <class T>
void ReferenceExample<T>::begin(std::size_t index, std::vector<T>& refractory) {
    const PopulationPlan& population = plan_.populations[index];
    History& history = history_[index];
    history.spikes.step_begin.assign(network_.past + 1, 0);
    history.negative.step_begin.assign(network_.past + 1, 0);
    if (carries()) {
        history.spikes = (*carry_)[index].spikes;
        history.negative = (*carry_)[index].negative;
    }
    if (!population.has_equations()) {
        SpikeList arriving;
        SpikeList negative;
        negative.step_begin.assign(plan_.num_steps + 1, 0);
        emit_input(plan_, index, batch_, example_, arriving, negative);
        append_steps(arriving, history.spikes);
        append_steps(negative, history.negative);
        return;
    }
    history.negative.step_begin.resize(network_.past + 1 + plan_.num_steps, 0);
    refractory.assign(population.size, T(0));
    if (population.regularisation.silent > 0.0) {
        history.nearest.assign(population.size, -std::numeric_limits<T>::infinity());
        history.nearest_step.assign(population.size, 0);
    }
    if (carries() && plan_.carry.states) refractory = (*carry_)[index].refractory;
    if (population.readout) history.readout.assign(population.size, 0.0);
    history.readout_step.assign(population.size, SIZE_MAX);
    if (carries() && plan_.carry.readouts) history.readout = (*carry_)[index].readout;
}

template <class T>
void ReferenceExample<T>::leave(const std::vector<std::vector<T>>& refractory) {
    carry_->resize(plan_.populations.size());
    for (std::size_t index = 0; index < plan_.populations.size(); ++index) {
        const History& history = history_[index];
        SpikeList spikes = history.spikes;
        drop_steps(plan_.num_steps, spikes);
        SpikeList negative = history.negative;
        drop_steps(plan_.num_steps, negative);
        (*carry_)[index] = {history.end.empty() ? std::vector<Moment>() : history.end.back(),
                            refractory[index], history.readout, std::move(spikes),
                            std::move(negative)};
    }
}

template <class T>
typename ReferenceExample<T>::Moment ReferenceExample<T>::first_moment(std::size_t index,
                                                                       std::size_t neuron) const {
    Moment moment = network_.populations[index].initial(neuron);
    if (!carries()) return moment;
    const Moment& last = (*carry_)[index].end[neuron];
    if (plan_.carry.states) moment.states = last.states;
    if (plan_.carry.synapses) moment.synapses = last.synapses;
    return moment;
}

template <class T>
std::vector<std::vector<T>> ReferenceExample<T>::arrivals(std::size_t population,
                                                          std::size_t step) const {
    const PopulationPlan& plan = plan_.populations[population];
    std::vector<std::vector<T>> input(plan.groups.size(), std::vector<T>(plan.size, T(0)));
    if (plan.input == InputKind::kCurrent)
        read_frame(plan, data_of(population), batch_, example_, step, std::span<T>(input[0]));
    for (std::size_t index = 0; index < plan_.connections.size(); ++index) {
        const ConnectionPlan& connection = plan_.connections[index];
        if (connection.target != population) continue;
        const SynapseTable& table = *network_.tables[index];
        for_each_arrival(index, step, [&](std::size_t synapse, std::size_t weight, T sign) {
            input[connection.group][table.post[synapse]] +=
                sign * network_.effective_weight(index, weight);
        });
    }
    return input;
}

template <class T>
void ReferenceExample<T>::advance(std::size_t index, std::size_t step, std::vector<T>& refractory) {
    const PopulationPlan& plan = plan_.populations[index];
    const ReferencePopulation<T>& equations = network_.populations[index];
    History& history = history_[index];
    const std::vector<std::vector<T>> input = arrivals(index, step);
    history.start.emplace_back(plan.size);
    history.waiting.emplace_back(plan.size);
    history.free.emplace_back(plan.size);
    history.before_reset.emplace_back(plan.size);
    history.end.emplace_back(plan.size);
    for (std::size_t j = 0; j < plan.size; ++j) {
        Moment moment = step == 0 ? first_moment(index, j) : history.end[step - 1][j];
        for (std::size_t group = 0; group < input.size(); ++group) {
            const bool persists = plan.kernel.group_has_state[group];
            moment.synapses[group] = (persists ? moment.synapses[group] : T(0)) + input[group][j];
        }
        history.start[step][j] = moment;
        const bool waiting = refractory[j] > T(0);
        if (waiting) refractory[j] -= static_cast<T>(plan.kernel.dt);
        const bool free = !(refractory[j] > T(0));
        history.waiting[step][j] = waiting;
        history.free[step][j] = free;
        const std::vector<T> next = equations.advance(moment, free, j);
        moment.synapses = equations.decay(moment, j);
        for (std::size_t a = 0; a < next.size(); ++a)
            if (!waiting || !plan.kernel.held[a]) moment.states[a] = next[a];
        history.before_reset[step][j] = moment;
        sample(index, step, j, moment);
        if (!history.nearest.empty() && equations.crossing(moment, j) > history.nearest[j]) {
            history.nearest[j] = equations.crossing(moment, j);
            history.nearest_step[j] = step;
        }
        if (plan.kernel.spiking && free && equations.spikes(moment, j)) {
            history.spikes.neurons.push_back(static_cast<std::uint32_t>(j));
            if (plan.readout && plan.readout->source == ReadoutSource::kFirstSpike)
                history.readout_step[j] = std::min(history.readout_step[j], step);
            moment.states = equations.reset(moment, j);
            if (plan.kernel.refractory) refractory[j] = equations.refractory_time(j);
        }
        history.end[step][j] = moment;
    }
    history.spikes.step_begin.push_back(static_cast<std::uint32_t>(history.spikes.neurons.size()));
}

template <class T>
void ReferenceExample<T>::sample(std::size_t index, std::size_t step, std::size_t j,
                                 const Moment& moment) {
    const PopulationPlan& plan = plan_.populations[index];
    if (!plan.readout) return;
    double& readout = history_[index].readout[j];
    const auto output = [&] { return static_cast<double>(moment.states[plan.kernel.output]); };
    if (plan.readout->source == ReadoutSource::kMaximum && output() > readout) {
        readout = output();
        history_[index].readout_step[j] = step;
    }
    if (plan.readout->source != ReadoutSource::kVariable) return;
    readout += plan.readout->weight_of(batch_.first_step + step) * output();
}

template <class T>
void ReferenceExample<T>::finish_readout(std::size_t output) {
    const PopulationPlan& plan = plan_.populations[output];
    History& history = history_[output];
    for (std::size_t j = 0; j < plan.size; ++j) {
        if (plan.readout->source == ReadoutSource::kFinalVariable) {
            const Moment& last = history.end.back()[j];
            history.readout[j] = static_cast<double>(last.states[plan.kernel.output]);
        }
    }
    if (plan.readout->source == ReadoutSource::kFirstSpike) finish_first_spikes(output);
    if (plan.readout->source != ReadoutSource::kSpikes) return;
    const SpikeList& spikes = history.spikes;
    for (std::size_t k = spikes.step_begin[network_.past]; k < spikes.neurons.size(); ++k)
        history.readout[spikes.neurons[k]] += 1.0;
}

template <class T>
void ReferenceExample<T>::finish_first_spikes(std::size_t output) {
    std::vector<double>& readout = history_[output].readout;
    const std::vector<double> before = readout;
    read_first_spikes(history_[output].spikes, network_.past, batch_.first_step, plan_.dt, readout);
    for (std::size_t j = 0; j < readout.size() && carries() && plan_.carry.readouts; ++j)
        readout[j] = std::max(readout[j], before[j]);
}

template <class T>
Recording ReferenceExample<T>::recording(const std::vector<RecordedPopulation>& records) const {
    Recording recording{std::vector<RecordedSpikes>(records.size()), {}};
    recording.states.resize(records.size());
    for (std::size_t index = 0; index < records.size(); ++index) {
        if (records[index].spikes) recording.spikes[index].list = history_[index].spikes;
        if (records[index].spikes) drop_steps(network_.past, recording.spikes[index].list);
        recording.states[index].resize(records[index].states.size());
        for (std::size_t state = 0; state < records[index].states.size(); ++state) {
            if (!records[index].states[state]) continue;
            for (const auto& step : history_[index].end) {
                for (const Moment& moment : step) {
                    recording.states[index][state].push_back(
                        static_cast<double>(moment.states[state]));
                }
            }
        }
    }
    return recording;
}

template class ReferenceExample<float>;
template class ReferenceExample<double>;

}  // namespace saltus
