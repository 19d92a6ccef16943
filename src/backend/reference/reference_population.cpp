#include "backend/reference/reference_population.hpp"

#include <algorithm>

namespace saltus {

using expr::Expression;

template <class T>
ReferencePopulation<T>::ReferencePopulation(const PopulationPlan& plan)
    : plan_(plan), num_states_(plan.kernel.num_states()), num_groups_(plan.kernel.num_groups()) {
    if (!plan.has_equations()) return;
    const NeuronKernel& kernel = plan.kernel;
    symbols_ = kernel.states;
    std::vector<std::string> synapses;
    for (std::size_t group = 0; group < num_groups_; ++group) {
        synapses.push_back(synaptic_state_name(group));
    }
    symbols_.insert(symbols_.end(), synapses.begin(), synapses.end());
    symbols_.emplace_back("i");
    for (const std::string& state : kernel.states)
        symbols_.push_back(adjoint_state_name(state));
    symbols_.emplace_back(kSpikeAdjoint);
    for (const Coefficient& c : plan.coefficients)
        symbols_.push_back(c.name);

    update_ = compile(kernel.update);
    decay_ = compile(kernel.decay);
    flow_ = compile(plan.flow.right_sides);
    const auto jacobian = [&](const std::vector<Expression>& expressions,
                              const std::vector<std::string>& variables) {
        std::vector<std::vector<Bytecode>> rows;
        for (const Expression& expression : expressions) {
            std::vector<Expression> row;
            for (const std::string& variable : variables)
                row.push_back(derivative(expression, variable));
            rows.push_back(compile(row));
        }
        return rows;
    };
    step_jacobian_ = jacobian(kernel.update, kernel.states);
    input_jacobian_ = jacobian(kernel.update, synapses);
    decay_jacobian_ = jacobian(kernel.decay, synapses);
    for (std::size_t group = 0; group < num_groups_; ++group) {
        // What a state of unit size makes of the others, per ms.
        std::vector<Expression> flow(num_groups_, Expression(0.0));
        for (std::size_t other = 0; other < num_groups_; ++other) {
            const std::string feed = "_feed" + std::to_string(other) + "_" + std::to_string(group);
            if (plan.find_coefficient(feed) != nullptr) flow[other] = Expression::symbol(feed);
        }
        if (kernel.group_has_state[group])
            flow[group] = -Expression::symbol("_rate" + std::to_string(group));
        synapse_flow_.push_back(compile(flow));
    }
    std::vector<Expression> by_current;
    for (const Expression& right_side : plan.flow.right_sides)
        by_current.push_back(derivative(right_side, "i"));
    flow_by_current_ = compile(by_current);
    const auto by_parameter = [&](const std::vector<Expression>& expressions) {
        std::vector<std::vector<Bytecode>> rows;
        for (const std::string& parameter : kernel.parameters) {
            std::vector<Expression> row;
            for (const Expression& expression : expressions)
                row.push_back(derivative(expression, parameter));
            rows.push_back(compile(row));
        }
        return rows;
    };
    update_by_parameter_ = by_parameter(kernel.update);
    decay_by_parameter_ = by_parameter(kernel.decay);
    if (!kernel.spiking) return;
    spike_ = compile({kernel.spike});
    reset_ = compile(kernel.reset);
    reset_jacobian_ = jacobian(kernel.reset, kernel.states);
    std::vector<Expression> gradient;
    for (const std::string& state : kernel.states) {
        gradient.push_back(derivative(plan.flow.crossing, state));
    }
    crossing_ = compile({plan.flow.crossing});
    crossing_gradient_ = compile(gradient);
    reset_by_parameter_ = by_parameter(kernel.reset);
    for (const auto& row : by_parameter({plan.flow.crossing}))
        crossing_by_parameter_.push_back(row[0]);
    parameter_reset_pull_ = compile(kernel.parameter_reset_pull);
    parameter_spike_pull_ = compile(kernel.parameter_spike_pull);
    reset_pull_ = compile(kernel.reset_pull);
    spike_pull_ = compile(kernel.spike_pull);
}

template <class T>
std::vector<Bytecode> ReferencePopulation<T>::compile(
    const std::vector<Expression>& expressions) const {
    std::vector<Bytecode> programs;
    for (const Expression& expression : expressions)
        programs.emplace_back(expression, symbols_);
    return programs;
}

template <class T>
T ReferencePopulation<T>::coefficient(const std::string& name, std::size_t neuron) const {
    return static_cast<T>(plan_.coefficient(name).at(neuron));
}

template <class T>
std::vector<T> ReferencePopulation<T>::slots(const Moment& moment, std::size_t neuron) const {
    std::vector<T> values = moment.states;
    values.insert(values.end(), moment.synapses.begin(), moment.synapses.end());
    T current(0);
    for (std::size_t group = 0; group < num_groups_; ++group) {
        if (plan_.flow.is_current[group]) current += moment.synapses[group];
    }
    values.push_back(current);
    values.insert(values.end(), num_states_ + 1, T(0));
    for (const Coefficient& c : plan_.coefficients)
        values.push_back(static_cast<T>(c.at(neuron)));
    return values;
}

template <class T>
std::vector<T> ReferencePopulation<T>::evaluate(const std::vector<Bytecode>& programs,
                                                const std::vector<T>& values) const {
    std::vector<T> results;
    for (const Bytecode& program : programs) {
        results.push_back(program.evaluate<ScalarArithmetic>(values.data()));
    }
    return results;
}

template <class T>
typename ReferencePopulation<T>::Moment ReferencePopulation<T>::initial(std::size_t neuron) const {
    Moment moment;
    for (const Coefficient& state : plan_.initial) {
        moment.states.push_back(static_cast<T>(state.at(neuron)));
    }
    moment.synapses.assign(num_groups_, T(0));
    return moment;
}

template <class T>
typename ReferencePopulation<T>::Moment ReferencePopulation<T>::zero() const {
    return {std::vector<T>(num_states_, T(0)), std::vector<T>(num_groups_, T(0)),
            std::vector<T>(plan_.kernel.parameters.size(), T(0))};
}

template <class T>
void ReferencePopulation<T>::add_products(const std::vector<std::vector<Bytecode>>& by_parameter,
                                          const std::vector<T>& values,
                                          const std::vector<T>& adjoint,
                                          std::vector<T>& derivatives) const {
    for (std::size_t q = 0; q < by_parameter.size(); ++q) {
        const std::vector<T> slopes = evaluate(by_parameter[q], values);
        for (std::size_t k = 0; k < slopes.size(); ++k)
            derivatives[q] += slopes[k] * adjoint[k];
    }
}

template <class T>
T ReferencePopulation<T>::refractory_time(std::size_t neuron) const {
    return coefficient(plan_.kernel.refractory_time, neuron);
}

template <class T>
std::vector<T> ReferencePopulation<T>::update(const Moment& moment, std::size_t neuron) const {
    return evaluate(update_, slots(moment, neuron));
}

template <class T>
std::vector<std::vector<T>> ReferencePopulation<T>::path(const Moment& start, bool free,
                                                         std::size_t neuron) const {
    std::vector<std::vector<T>> states;
    Moment moment = start;
    for (std::size_t k = 0; k < plan_.kernel.sub_steps; ++k) {
        moment.states = update(moment, neuron);
        states.push_back(moment.states);
        if (plan_.kernel.spiking && free && spikes(moment, neuron)) break;
    }
    return states;
}

template <class T>
std::vector<T> ReferencePopulation<T>::advance(const Moment& start, bool free,
                                               std::size_t neuron) const {
    return path(start, free, neuron).back();
}

template <class T>
std::vector<T> ReferencePopulation<T>::decay(const Moment& moment, std::size_t neuron) const {
    return evaluate(decay_, slots(moment, neuron));
}

template <class T>
bool ReferencePopulation<T>::spikes(const Moment& moment, std::size_t neuron) const {
    return evaluate(spike_, slots(moment, neuron))[0] != T(0);
}

template <class T>
std::vector<T> ReferencePopulation<T>::reset(const Moment& moment, std::size_t neuron) const {
    return evaluate(reset_, slots(moment, neuron));
}

template <class T>
T ReferencePopulation<T>::crossing(const Moment& moment, std::size_t neuron) const {
    return evaluate(crossing_, slots(moment, neuron))[0];
}

template <class T>
std::vector<T> ReferencePopulation<T>::crossing_gradient(const Moment& moment,
                                                         std::size_t neuron) const {
    return evaluate(crossing_gradient_, slots(moment, neuron));
}

template <class T>
std::vector<T> ReferencePopulation<T>::flow(const Moment& moment, std::size_t neuron) const {
    return evaluate(flow_, slots(moment, neuron));
}

template <class T>
typename ReferencePopulation<T>::Moment ReferencePopulation<T>::transpose_step(
    const Moment& start, const Moment& adjoint, bool waiting, bool free, std::size_t neuron) const {
    const std::vector<T> values = slots(start, neuron);
    Moment earlier = adjoint;
    add_products(decay_by_parameter_, values, adjoint.synapses, earlier.parameters);
    earlier.synapses.assign(num_groups_, T(0));
    for (std::size_t later = 0; later < num_groups_; ++later) {
        const std::vector<T> slopes = evaluate(decay_jacobian_[later], values);
        for (std::size_t group = 0; group < num_groups_; ++group)
            earlier.synapses[group] += slopes[group] * adjoint.synapses[later];
    }
    const auto stays = [&](std::size_t a) { return waiting && plan_.kernel.held[a]; };
    for (std::size_t a = 0; a < num_states_; ++a)
        if (stays(a)) earlier.states[a] = T(0);
    const std::vector<std::vector<T>> states = path(start, free, neuron);
    for (std::size_t k = states.size(); k-- > 0;) {
        transpose_update({k == 0 ? start.states : states[k - 1], start.synapses}, earlier, neuron);
    }
    for (std::size_t a = 0; a < num_states_; ++a)
        if (stays(a)) earlier.states[a] += adjoint.states[a];
    return earlier;
}

template <class T>
void ReferencePopulation<T>::transpose_update(const Moment& moment, Moment& adjoint,
                                              std::size_t neuron) const {
    const std::vector<T> values = slots(moment, neuron);
    const std::vector<T> later = adjoint.states;
    add_products(update_by_parameter_, values, later, adjoint.parameters);
    adjoint.states.assign(num_states_, T(0));
    for (std::size_t a = 0; a < num_states_; ++a) {
        const std::vector<T> by_state = evaluate(step_jacobian_[a], values);
        const std::vector<T> by_synapse = evaluate(input_jacobian_[a], values);
        for (std::size_t b = 0; b < num_states_; ++b)
            adjoint.states[b] += by_state[b] * later[a];
        for (std::size_t group = 0; group < num_groups_; ++group)
            adjoint.synapses[group] += by_synapse[group] * later[a];
    }
}

template <class T>
void ReferencePopulation<T>::undo_decision(const Moment& before, T zeta, bool spiked, bool free,
                                           std::size_t neuron, Moment& adjoint) const {
    std::vector<T> values = slots(before, neuron);
    const std::size_t first = num_states_ + num_groups_ + 1;
    std::copy(adjoint.states.begin(), adjoint.states.end(),
              values.begin() + static_cast<std::ptrdiff_t>(first));
    values[first + num_states_] = zeta;
    const auto add = [&](const std::vector<Bytecode>& programs, std::vector<T>& sums) {
        const std::vector<T> added = evaluate(programs, values);
        for (std::size_t k = 0; k < added.size(); ++k)
            sums[k] += added[k];
    };
    if (spiked) {
        adjoint.states = evaluate(reset_pull_, values);
        add(parameter_reset_pull_, adjoint.parameters);
    }
    if (!free) return;
    add(spike_pull_, adjoint.states);
    add(parameter_spike_pull_, adjoint.parameters);
}

template <class T>
T ReferencePopulation<T>::arrival_shift(const Moment& start, const Moment& adjoint, bool waiting,
                                        std::size_t group, std::size_t neuron) const {
    const std::vector<T> values = slots(start, neuron);
    const std::vector<T> by_current = evaluate(flow_by_current_, values);
    const std::vector<T> synapse_flow = evaluate(synapse_flow_[group], values);
    // An arrival that comes later has flown for a shorter time.
    T shift(0);
    for (std::size_t other = 0; other < num_groups_; ++other)
        shift -= synapse_flow[other] * adjoint.synapses[other];
    const bool drives = !plan_.kernel.group_has_state[group] || plan_.flow.is_current[group];
    for (std::size_t a = 0; drives && a < num_states_; ++a)
        if (!waiting || !plan_.kernel.held[a]) shift -= by_current[a] * adjoint.states[a];
    return shift;
}

template <class T>
std::vector<T> ReferencePopulation<T>::flow_after_spike(const Moment& before,
                                                        std::size_t neuron) const {
    std::vector<T> speed = flow({reset(before, neuron), before.synapses}, neuron);
    for (std::size_t a = 0; a < num_states_; ++a)
        if (plan_.kernel.held[a]) speed[a] = T(0);
    return speed;
}

template <class T>
std::vector<T> ReferencePopulation<T>::undo_reset(const Moment& before, std::size_t neuron,
                                                  Moment& adjoint) const {
    const std::vector<T> values = slots(before, neuron);
    std::vector<T> pulled(num_states_, T(0));
    for (std::size_t b = 0; b < num_states_; ++b) {
        const std::vector<T> row = evaluate(reset_jacobian_[b], values);
        for (std::size_t a = 0; a < num_states_; ++a)
            pulled[a] += row[a] * adjoint.states[b];
    }
    add_products(reset_by_parameter_, values, adjoint.states, adjoint.parameters);
    return pulled;
}

template <class T>
void ReferencePopulation<T>::undo_spike(const Moment& before, T kappa, std::size_t neuron,
                                        Moment& adjoint) const {
    const std::vector<T> flow_before = flow(before, neuron);
    const std::vector<T> gradient = crossing_gradient(before, neuron);
    T total(0);
    undo_late_spike(before, kappa, neuron, adjoint, total);
    T slope(0);
    for (std::size_t a = 0; a < num_states_; ++a)
        slope += gradient[a] * flow_before[a];
    slope = std::max(slope, coefficient("_min_slope", neuron));
    for (std::size_t a = 0; a < num_states_; ++a)
        adjoint.states[a] -= gradient[a] * total / slope;
    const std::vector<T> rise = evaluate(crossing_by_parameter_, slots(before, neuron));
    for (std::size_t q = 0; q < rise.size(); ++q)
        adjoint.parameters[q] -= rise[q] * total / slope;
}

template <class T>
void ReferencePopulation<T>::undo_late_spike(const Moment& before, T kappa, std::size_t neuron,
                                             Moment& adjoint, T& by_end) const {
    const std::vector<T> flow_before = flow(before, neuron);
    const std::vector<T> flow_after = flow_after_spike(before, neuron);
    const std::vector<T> after = adjoint.states;
    adjoint.states = undo_reset(before, neuron, adjoint);
    by_end = kappa;
    for (std::size_t a = 0; a < num_states_; ++a)
        by_end += adjoint.states[a] * flow_before[a] - after[a] * flow_after[a];
}

template <class T>
T ReferencePopulation<T>::release(const Moment& at_end, const std::vector<T>& adjoint,
                                  std::size_t neuron) const {
    const std::vector<T> speed = flow(at_end, neuron);
    T shift(0);
    for (std::size_t a = 0; a < num_states_; ++a)
        if (plan_.kernel.held[a]) shift -= adjoint[a] * speed[a];
    return shift;
}

template class ReferencePopulation<float>;
template class ReferencePopulation<double>;

}  // namespace saltus
