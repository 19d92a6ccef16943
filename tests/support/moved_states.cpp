#include "support/moved_states.hpp"

#include <algorithm>
#include <cmath>

namespace saltus::test {

using States = HandWritten::States;

namespace {

States moved(const States& x, double time, const States& speed) {
    States result = x;
    for (std::size_t a = 0; a < x.size(); ++a)
        result[a] += time * speed[a];
    return result;
}

States one_update(const HandWritten& neuron, const States& x, double current, double h) {
    const States k1 = neuron.flow(x, current);
    if (neuron.declaration.solver == Solver::kEuler) return moved(x, h, k1);
    if (neuron.declaration.solver == Solver::kRungeKutta4) {
        const States k2 = neuron.flow(moved(x, h / 2, k1), current);
        const States k3 = neuron.flow(moved(x, h / 2, k2), current);
        const States k4 = neuron.flow(moved(x, h, k3), current);
        States result = x;
        for (std::size_t a = 0; a < x.size(); ++a)
            result[a] += h / 6 * (k1[a] + 2 * k2[a] + 2 * k3[a] + k4[a]);
        return result;
    }
    const States slopes = neuron.own_slopes(x, current);
    States result = x;
    for (std::size_t a = 0; a < x.size(); ++a) {
        const double z = h * slopes[a];
        result[a] += h * k1[a] * (z == 0.0 ? 1.0 : std::expm1(z) / z);
    }
    return result;
}

}  // namespace

States HandWritten::step(const States& x, double current, double dt, bool free,
                         std::size_t& updates) const {
    const std::size_t most = updates > 0 ? updates : declaration.sub_steps;
    States now = x;
    for (std::size_t k = 0; k < most; ++k) {
        now = one_update(*this, now, current, dt / static_cast<double>(declaration.sub_steps));
        if (updates > 0) continue;
        if ((free && crossing(now) >= 0.0) || k + 1 == most) {
            updates = k + 1;
            break;
        }
    }
    return now;
}

MovedStates::Spike MovedStates::describe(std::size_t j, const States& x, double current,
                                         bool is_late) const {
    Spike spike{j,
                neuron.crossing(x),
                0.0,
                neuron.flow(x, current),
                neuron.flow(neuron.reset(x), current),
                is_late};
    for (std::size_t a = 0; a < x.size(); ++a)
        if (neuron.holds(a)) spike.speed_after[a] = 0.0;
    const States gradient = neuron.crossing_gradient(x);
    for (std::size_t a = 0; a < x.size(); ++a)
        spike.slope += gradient[a] * spike.speed_before[a];
    return spike;
}

double MovedStates::run(const std::vector<std::vector<double>>& at, Record& record) const {
    const bool is_first = record.spikes.empty();
    record.spikes.resize(num_steps);
    record.updates.resize(num_steps, std::vector<std::size_t>(hidden, 0));
    struct Moved {
        std::size_t neuron;
        double shift;
    };
    std::vector<States> x(hidden, neuron.initial);
    std::vector<double> current(hidden, 0.0);
    std::vector<double> left(hidden, 0.0);   // of the refractory time
    std::vector<double> begun(hidden, 0.0);  // shift of the spike that began it
    std::vector<double> voltage(outputs, 0.0);
    std::vector<double> out_current(outputs, 0.0);
    std::vector<double> readout(outputs, 0.0);
    std::vector<std::vector<Moved>> history(num_steps);
    const double decay = std::exp(-dt / tau);
    const double alpha = std::exp(-dt / tau_out);
    const std::size_t lag = 1 + delay;
    for (std::size_t step = 0; step < num_steps; ++step) {
        const std::vector<States> before = x;
        const auto arrive = [&](const Moved& spike, const std::vector<double>& of_synapses) {
            for (std::size_t j = 0; j < hidden; ++j) {
                const double weight = of_synapses[spike.neuron * hidden + j];
                current[j] += weight * (1.0 + spike.shift / tau);
                States by_current = neuron.by_current(before[j], 0.0);
                for (std::size_t a = 0; a < by_current.size(); ++a)
                    if (left[j] > 0.0 && neuron.holds(a)) by_current[a] = 0.0;
                x[j] = moved(x[j], -weight * spike.shift, by_current);
            }
        };
        if (step >= lag) {
            for (const std::size_t input : input_steps[step - lag])
                arrive({input, 0.0}, at[0]);
            for (const Moved& spike : history[step - lag]) {
                arrive(spike, at[1]);
                for (std::size_t k = 0; k < outputs; ++k) {
                    const double weight = at[2][spike.neuron * outputs + k];
                    out_current[k] += weight * (1.0 + spike.shift / tau);
                    voltage[k] -= weight * spike.shift / tau_out;
                }
            }
        }
        for (std::size_t j = 0; j < hidden; ++j) {
            const bool waits = left[j] > 0.0;
            if (waits) left[j] -= dt;
            const bool free = left[j] <= 0.0;
            const States start = x[j];
            x[j] = neuron.step(start, current[j], dt, free, record.updates[step][j]);
            current[j] *= decay;
            for (std::size_t a = 0; a < start.size(); ++a)
                if (waits && neuron.holds(a)) x[j][a] = start[a];
            // The end of the refractory time moves with the spike that began it.
            const States speed = neuron.flow(x[j], current[j]);
            for (std::size_t a = 0; a < start.size(); ++a)
                if (waits && free && neuron.holds(a)) x[j][a] -= speed[a] * begun[j];
            if (is_first && free && neuron.crossing(x[j]) >= 0.0) {
                record.spikes[step].push_back(
                    describe(j, x[j], current[j], waits && neuron.crossing(start) >= 0.0));
            }
        }
        for (const Spike& spike : record.spikes[step]) {
            States& state = x[spike.neuron];
            const double shift = spike.is_late ? begun[spike.neuron]
                                               : -(neuron.crossing(state) - spike.crossing) /
                                                     std::max(spike.slope, min_slope);
            begun[spike.neuron] = shift;
            left[spike.neuron] = neuron.tau_refrac;
            state = neuron.reset(moved(state, shift, spike.speed_before));
            state = moved(state, -shift, spike.speed_after);
            history[step].push_back({spike.neuron, shift});
        }
        for (std::size_t k = 0; k < outputs; ++k) {
            voltage[k] = alpha * voltage[k] + (1.0 - alpha) * out_current[k];
            out_current[k] *= decay;
            readout[k] += voltage[k] / static_cast<double>(num_steps);
        }
    }
    double sum = 0.0;
    for (const double value : readout)
        sum += std::exp(value);
    return std::log(sum) - readout[label];
}

MovedStates::Record MovedStates::unperturbed() const {
    Record record;
    run(weights, record);
    return record;
}

double MovedStates::loss() const {
    Record record;
    return run(weights, record);
}

std::size_t MovedStates::num_spikes() const {
    std::size_t count = 0;
    for (const auto& step : unperturbed().spikes)
        count += step.size();
    return count;
}

std::size_t MovedStates::num_late() const {
    std::size_t count = 0;
    for (const auto& step : unperturbed().spikes) {
        for (const Spike& spike : step)
            count += spike.is_late ? 1 : 0;
    }
    return count;
}

std::vector<double> MovedStates::gradient(std::size_t connection) const {
    Record record = unperturbed();
    std::vector<std::vector<double>> at = weights;
    std::vector<double> gradient;
    for (double& weight : at[connection]) {
        const double before = weight;
        double difference = 0.0;
        // Four points, so that the error falls with the fourth power of the step.
        constexpr double kStep = 1e-5;
        for (const auto& [steps, factor] : {std::pair{1, 8.0}, {-1, -8.0}, {2, -1.0}, {-2, 1.0}}) {
            weight = before + steps * kStep;
            difference += factor * run(at, record);
        }
        weight = before;
        gradient.push_back(difference / (12.0 * kStep));
    }
    return gradient;
}

std::vector<HandWritten> hand_written_neurons() {
    std::vector<HandWritten> neurons;
    HandWritten quadratic;
    quadratic.label = "quadratic";
    quadratic.declaration.parameters = {{"tau", 10.0, "ms", ""}, {"v_c", 0.4, "1", ""}};
    quadratic.declaration.states = {{"v", 0.0, "1"}};
    quadratic.declaration.equations = {"dv/dt = (v * (v - v_c) + i) / tau"};
    quadratic.declaration.threshold = "v >= 1";
    quadratic.declaration.reset = {"v = 0.1"};
    quadratic.declaration.output = "v";
    quadratic.initial = {0.0};
    quadratic.flow = [](const States& x, double i) {
        return States{(x[0] * (x[0] - 0.4) + i) / 10.0};
    };
    quadratic.own_slopes = [](const States& x, double) { return States{(2 * x[0] - 0.4) / 10.0}; };
    quadratic.by_current = [](const States&, double) { return States{0.1}; };
    quadratic.crossing = [](const States& x) { return x[0] - 1.0; };
    quadratic.crossing_gradient = [](const States&) { return States{1.0}; };
    quadratic.reset = [](const States&) { return States{0.1}; };
    neurons.push_back(quadratic);

    // The current is a conductance, and the threshold a curve.
    HandWritten conductance;
    conductance.label = "conductance";
    conductance.drive = 0.4;
    conductance.declaration.states = {{"v", 0.0, "1"}, {"w", 0.2, "1"}};
    conductance.declaration.equations = {"dv/dt = (i * (3 - v) - v - w * v) / 15",
                                         "dw/dt = (0.5 * v ^ 2 - w) / 40"};
    conductance.declaration.threshold = "v >= 1 + 0.3 * w ^ 2";
    conductance.declaration.reset = {"v = 0.2 * v", "w = w + 0.2 * v"};
    conductance.declaration.output = "v";
    conductance.initial = {0.0, 0.2};
    conductance.flow = [](const States& x, double i) {
        return States{(i * (3 - x[0]) - x[0] - x[1] * x[0]) / 15, (0.5 * x[0] * x[0] - x[1]) / 40};
    };
    conductance.own_slopes = [](const States& x, double i) {
        return States{(-i - 1 - x[1]) / 15, -1.0 / 40};
    };
    conductance.by_current = [](const States& x, double) { return States{(3 - x[0]) / 15, 0.0}; };
    conductance.crossing = [](const States& x) { return x[0] - 1 - 0.3 * x[1] * x[1]; };
    conductance.crossing_gradient = [](const States& x) { return States{1.0, -0.6 * x[1]}; };
    conductance.reset = [](const States& x) { return States{0.2 * x[0], x[1] + 0.2 * x[0]}; };
    neurons.push_back(conductance);

    HandWritten exponential;
    exponential.label = "exponential";
    exponential.drive = 1.6;
    exponential.declaration.states = {{"v", 0.0, "1"}, {"w", 0.0, "1"}};
    exponential.declaration.equations = {
        "dv/dt = (-v + 0.2 * exp((min(v, 2) - 1) / 0.3) - w + i) / 15",
        "dw/dt = (0.1 * v - w) / 60"};
    exponential.declaration.threshold = "v >= 2";
    exponential.declaration.reset = {"v = 0", "w = w + 0.1"};
    exponential.declaration.output = "v";
    exponential.initial = {0.0, 0.0};
    exponential.flow = [](const States& x, double i) {
        return States{(-x[0] + 0.2 * std::exp((std::min(x[0], 2.0) - 1) / 0.3) - x[1] + i) / 15,
                      (0.1 * x[0] - x[1]) / 60};
    };
    exponential.own_slopes = [](const States& x, double) {
        const double upstroke = x[0] > 2 ? 0.0 : 0.2 / 0.3 * std::exp((x[0] - 1) / 0.3);
        return States{(-1 + upstroke) / 15, -1.0 / 60};
    };
    exponential.by_current = [](const States&, double) { return States{1.0 / 15, 0.0}; };
    exponential.crossing = [](const States& x) { return x[0] - 2; };
    exponential.crossing_gradient = [](const States&) { return States{1.0, 0.0}; };
    exponential.reset = [](const States& x) { return States{0.0, x[1] + 0.1}; };
    neurons.push_back(exponential);
    return neurons;
}

}  // namespace saltus::test
