#include "support/moved_spikes.hpp"

#include <algorithm>
#include <cmath>

namespace saltus::test {

MovedSpikes::MovedSpikes(const MovedModel& model, const InputSteps& input, std::size_t label)
    : model_(model), original_(model), input_(input), label_(label) {
    Record record;
    for (const MovedPopulation& p : model.populations) {
        record.spikes.emplace_back(model.num_steps);
        record.nearest.push_back({std::vector<double>(p.size, -1e300), {}});
        record.nearest.back().step.assign(p.size, 0);
    }
    pulls_.resize(model.populations.size());
    run(model_weights(), &record);
    unperturbed_ = std::move(record);
}

std::vector<std::vector<double>> MovedSpikes::model_weights() const {
    std::vector<std::vector<double>> weights;
    for (const MovedConnection& connection : model_.connections)
        weights.push_back(connection.weights);
    return weights;
}

double MovedSpikes::loss(const std::vector<std::vector<double>>& weights) const {
    return run(weights, nullptr);
}

double MovedSpikes::loss(const MovedModel& changed) const {
    MovedSpikes other = *this;
    other.model_ = changed;
    return other.loss();
}

double MovedSpikes::loss() const {
    return loss(model_weights());
}

std::size_t MovedSpikes::num_spikes() const {
    std::size_t count = 0;
    for (const auto& population : unperturbed_.spikes) {
        for (const auto& step : population)
            count += step.size();
    }
    return count;
}

std::vector<double> MovedSpikes::counts(std::size_t population) const {
    std::vector<double> counts(model_.populations[population].size, 0.0);
    for (const auto& step : unperturbed_.spikes[population]) {
        for (const Spike& spike : step)
            counts[spike.neuron] += 1.0;
    }
    return counts;
}

void MovedSpikes::regularise(std::size_t population, const std::vector<double>& at_spikes,
                             const std::vector<double>& of_silent) {
    pulls_[population] = {at_spikes, of_silent};
    const std::vector<double> spikes = counts(population);
    for (std::size_t j = 0; j < spikes.size(); ++j)
        if (spikes[j] > 0.0) pulls_[population].of_silent[j] = 0.0;
}

double MovedSpikes::level(std::size_t population, std::size_t neuron, const State& state) const {
    const MovedPopulation& p = model_.populations[population];
    return state.voltage[population][neuron] - p.v_thresh -
           p.beta * state.adaptation[population][neuron];
}

double MovedSpikes::pull(std::size_t population, std::size_t step, const State& state) const {
    const Pulls& pulls = pulls_[population];
    if (pulls.at_spikes.empty()) return 0.0;
    double sum = 0.0;
    for (const Spike& spike : unperturbed_.spikes[population][step])
        sum += pulls.at_spikes[spike.neuron] * state.voltage[population][spike.neuron];
    for (std::size_t j = 0; j < pulls.of_silent.size(); ++j) {
        if (unperturbed_.nearest[population].step[j] == step)
            sum -= pulls.of_silent[j] *
                   (state.voltage[population][j] -
                    original_.populations[population].beta * state.adaptation[population][j]);
    }
    return sum;
}

void MovedSpikes::note_nearest(std::size_t population, std::size_t step, const State& state,
                               Nearest& nearest) const {
    for (std::size_t j = 0; j < nearest.level.size(); ++j) {
        if (level(population, j, state) <= nearest.level[j]) continue;
        nearest.level[j] = level(population, j, state);
        nearest.step[j] = step;
    }
}

double MovedSpikes::smallest_slope() const {
    double smallest = 1e300;
    for (const auto& population : unperturbed_.spikes) {
        for (const auto& step : population) {
            for (const Spike& spike : step)
                if (!spike.is_late) smallest = std::min(smallest, spike.slope);
        }
    }
    return smallest;
}

std::vector<double> MovedSpikes::gradient(std::size_t connection) const {
    std::vector<std::vector<double>> weights = model_weights();
    std::vector<double> gradient;
    constexpr double kStep = 1e-5;
    for (double& weight : weights[connection]) {
        const double before = weight;
        weight = before + kStep;
        const double above = loss(weights);
        weight = before - kStep;
        const double below = loss(weights);
        weight = before;
        gradient.push_back((above - below) / (2.0 * kStep));
    }
    return gradient;
}

double MovedSpikes::drive(std::size_t population) const {
    const MovedPopulation& p = model_.populations[population];
    return p.scale_i ? 1.0 : 1.0 / (1.0 - std::exp(-model_.dt / p.tau_mem));
}

// What arrives a little later than the step's begin has decayed less at every later moment, and has
// not charged the membrane for that little time.
void MovedSpikes::arrive(std::size_t step, const std::vector<std::vector<double>>& weights,
                         State& state) const {
    for (std::size_t index = 0; index < model_.connections.size(); ++index) {
        const MovedConnection& connection = model_.connections[index];
        const std::size_t lag = 1 + connection.delay;
        if (step < lag) continue;
        std::vector<Moved> arriving;
        if (connection.from == MovedConnection::kInput) {
            for (const std::size_t neuron : input_[step - lag])
                arriving.push_back({neuron, 0.0});
        } else {
            arriving = state.moved[static_cast<std::size_t>(connection.from)][step - lag];
        }
        const auto target = static_cast<std::size_t>(connection.to);
        const std::size_t size = model_.populations[target].size;
        const double charge = drive(target) / model_.populations[target].tau_mem;
        for (const Moved& spike : arriving) {
            for (std::size_t j = 0; j < size; ++j) {
                const double weight = weights[index][spike.neuron * size + j];
                state.current[index][j] += weight * (1.0 + spike.shift / connection.tau);
                const bool held = model_.populations[target].holds && state.left[target][j] > 0.0;
                if (!held) state.voltage[target][j] -= weight * spike.shift * charge;
            }
        }
    }
}

void MovedSpikes::advance(std::size_t population, State& state) const {
    const MovedPopulation& p = model_.populations[population];
    const double alpha = std::exp(-model_.dt / p.tau_mem);
    for (std::size_t j = 0; j < p.size; ++j) {
        double& left = state.left[population][j];
        state.waits[population][j] = left > 0.0;
        if (left > 0.0) left -= model_.dt;
        state.was_above[population][j] = level(population, j, state) >= 0.0;
        double current = 0.0;
        for (std::size_t index = 0; index < model_.connections.size(); ++index) {
            const MovedConnection& connection = model_.connections[index];
            if (connection.to != static_cast<int>(population)) continue;
            const double beta = std::exp(-model_.dt / connection.tau);
            const double average = connection.tau / model_.dt * (1.0 - beta);
            current += (connection.scale_i ? average : 1.0) * state.current[index][j];
            state.current[index][j] *= beta;
        }
        double& voltage = state.voltage[population][j];
        if (!is_held(population, j, state))
            voltage = alpha * voltage + (1.0 - alpha) * drive(population) * current;
        state.adaptation[population][j] *= std::exp(-model_.dt / p.tau_adapt);
    }
}

bool MovedSpikes::is_held(std::size_t population, std::size_t neuron, const State& state) const {
    return model_.populations[population].holds && state.waits[population][neuron];
}

void MovedSpikes::release(std::size_t population, State& state) const {
    const MovedPopulation& p = model_.populations[population];
    for (std::size_t j = 0; j < p.size; ++j) {
        if (!is_held(population, j, state) || state.left[population][j] > 0.0) continue;
        double& voltage = state.voltage[population][j];
        const double driven = drive(population) * current_at(population, j, state);
        voltage -= (driven - voltage) / p.tau_mem * state.begun[population][j];
    }
}

std::size_t MovedSpikes::num_late() const {
    std::size_t count = 0;
    for (const auto& population : unperturbed_.spikes) {
        for (const auto& step : population) {
            for (const Spike& spike : step)
                count += spike.is_late ? 1 : 0;
        }
    }
    return count;
}

double MovedSpikes::current_at(std::size_t population, std::size_t neuron,
                               const State& state) const {
    double current = 0.0;
    for (std::size_t index = 0; index < model_.connections.size(); ++index) {
        if (model_.connections[index].to != static_cast<int>(population)) continue;
        current += state.current[index][neuron];
    }
    return current;
}

MovedSpikes::Spike MovedSpikes::describe(std::size_t population, std::size_t neuron,
                                         const State& state) const {
    const MovedPopulation& p = model_.populations[population];
    const double voltage = state.voltage[population][neuron];
    const double driven = drive(population) * current_at(population, neuron, state);
    const double after = p.relative_reset ? voltage - (p.v_thresh - p.v_reset) : p.v_reset;
    const double adaptation = state.adaptation[population][neuron];
    const double speed = (driven - voltage) / p.tau_mem;
    return {neuron,
            adaptation,
            voltage - p.v_thresh - p.beta * adaptation,
            speed,
            p.holds ? 0.0 : (driven - after) / p.tau_mem,
            speed + p.beta * adaptation / p.tau_adapt,
            state.waits[population][neuron] && state.was_above[population][neuron]};
}

MovedSpikes::Moved MovedSpikes::spike(std::size_t population, const Spike& unperturbed,
                                      State& state) const {
    const MovedPopulation& p = model_.populations[population];
    double& voltage = state.voltage[population][unperturbed.neuron];
    double& adaptation = state.adaptation[population][unperturbed.neuron];
    const double excess = voltage - p.v_thresh - p.beta * adaptation - unperturbed.crossing;
    double& begun = state.begun[population][unperturbed.neuron];
    const double shift =
        unperturbed.is_late ? begun : -excess / std::max(unperturbed.slope, model_.min_slope);
    begun = shift;
    state.left[population][unperturbed.neuron] = p.tau_refrac;
    const double at_spike = voltage + unperturbed.speed_before * shift;
    voltage = p.relative_reset ? at_spike - (p.v_thresh - p.v_reset) : p.v_reset;
    voltage -= unperturbed.speed_after * shift;
    adaptation -= unperturbed.adaptation / p.tau_adapt * shift;
    adaptation += 1.0 + (unperturbed.adaptation + 1.0) / p.tau_adapt * shift;
    return {unperturbed.neuron, shift};
}

void MovedSpikes::read(std::size_t step, const State& state, std::vector<double>& readout) const {
    const std::vector<double>& output = state.voltage.back();
    const double end = static_cast<double>(model_.num_steps) * model_.dt;
    for (std::size_t k = 0; k < output.size(); ++k) {
        switch (model_.readout) {
            case MovedReadout::kFinal:
                readout[k] = output[k];
                break;
            case MovedReadout::kGreatest:
                readout[k] = std::max(readout[k], output[k]);
                break;
            case MovedReadout::kFirstSpike:
                if (step == 0) readout[k] = -end;
                break;
            default:
                readout[k] += model_.readout == MovedReadout::kSum
                                  ? output[k]
                                  : output[k] / static_cast<double>(model_.num_steps);
        }
    }
    if (model_.readout != MovedReadout::kFirstSpike) return;
    for (const Moved& spike : state.moved.back()[step]) {
        double& time = readout[spike.neuron];
        if (time == -end) time = -(static_cast<double>(step) * model_.dt + spike.shift);
    }
}

double MovedSpikes::run(const std::vector<std::vector<double>>& weights, Record* record) const {
    State state;
    for (const MovedPopulation& p : model_.populations) {
        state.voltage.emplace_back(p.size, 0.0);
        state.adaptation.emplace_back(p.size, 0.0);
        state.moved.emplace_back(model_.num_steps);
        state.left.emplace_back(p.size, 0.0);
        state.begun.emplace_back(p.size, 0.0);
        state.waits.emplace_back(p.size, false);
        state.was_above.emplace_back(p.size, false);
    }
    for (const MovedConnection& connection : model_.connections) {
        state.current.emplace_back(model_.populations[static_cast<std::size_t>(connection.to)].size,
                                   0.0);
    }
    double pulled = 0.0;
    std::vector<double> readout(model_.populations.back().size, 0.0);
    for (std::size_t step = 0; step < model_.num_steps; ++step) {
        arrive(step, weights, state);
        for (std::size_t index = 0; index < model_.populations.size(); ++index) {
            const MovedPopulation& p = model_.populations[index];
            advance(index, state);
            release(index, state);
            if (record) {
                note_nearest(index, step, state, record->nearest[index]);
            } else {
                pulled += pull(index, step, state);
            }
            if (record && p.spiking) {
                for (std::size_t j = 0; j < p.size; ++j) {
                    const double threshold = p.v_thresh + p.beta * state.adaptation[index][j];
                    if (state.voltage[index][j] < threshold || state.left[index][j] > 0.0) continue;
                    record->spikes[index][step].push_back(describe(index, j, state));
                }
            }
            for (const Spike& spike :
                 record ? record->spikes[index][step] : unperturbed_.spikes[index][step]) {
                state.moved[index][step].push_back(this->spike(index, spike, state));
            }
        }
        read(step, state, readout);
    }
    if (model_.loss) return model_.loss(readout, label_) + pulled;
    double sum = 0.0;
    for (const double value : readout)
        sum += std::exp(value);
    return std::log(sum) - readout[label_] + pulled;
}

}  // namespace saltus::test
