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
    std::vector<Expression> slopes;
    for (std::size_t group = 0; group < num_groups_; ++group) {
        slopes.push_back(derivative(kernel.decay[group], synapses[group]));
    }
    decay_slope_ = compile(slopes);
    if (!kernel.spiking) return;
    spike_ = compile({kernel.spike});
    reset_ = compile(kernel.reset);
    reset_jacobian_ = jacobian(kernel.reset, kernel.states);
    std::vector<Expression> gradient;
    for (const std::string& state : kernel.states) {
        gradient.push_back(derivative(plan.flow.crossing, state));
    }
    crossing_gradient_ = compile(gradient);
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
        if (plan_.kernel.group_has_state[group]) current += moment.synapses[group];
    }
    values.push_back(current);
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
T ReferencePopulation<T>::refractory_time(std::size_t neuron) const {
    return coefficient(plan_.kernel.refractory_time, neuron);
}

template <class T>
std::vector<T> ReferencePopulation<T>::update(const Moment& moment, std::size_t neuron) const {
    return evaluate(update_, slots(moment, neuron));
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
std::vector<T> ReferencePopulation<T>::flow(const Moment& moment, std::size_t neuron) const {
    return evaluate(flow_, slots(moment, neuron));
}

template <class T>
typename ReferencePopulation<T>::Moment ReferencePopulation<T>::transpose_step(
    const Moment& adjoint, std::size_t neuron) const {
    // Steps are linear, so their Jacobian does not depend on the states.
    const std::vector<T> values = slots(initial(neuron), neuron);
    Moment earlier;
    earlier.states.assign(num_states_, T(0));
    earlier.synapses = evaluate(decay_slope_, values);
    for (std::size_t group = 0; group < num_groups_; ++group) {
        earlier.synapses[group] *= adjoint.synapses[group];
    }
    for (std::size_t a = 0; a < num_states_; ++a) {
        const std::vector<T> by_state = evaluate(step_jacobian_[a], values);
        const std::vector<T> by_synapse = evaluate(input_jacobian_[a], values);
        for (std::size_t b = 0; b < num_states_; ++b) {
            earlier.states[b] += by_state[b] * adjoint.states[a];
        }
        for (std::size_t group = 0; group < num_groups_; ++group) {
            earlier.synapses[group] += by_synapse[group] * adjoint.states[a];
        }
    }
    return earlier;
}

template <class T>
T ReferencePopulation<T>::arrival_shift(const Moment& adjoint, std::size_t group,
                                        std::size_t neuron) const {
    T shift = coefficient("_rate" + std::to_string(group), neuron) * adjoint.synapses[group];
    for (std::size_t a = 0; a < num_states_; ++a) {
        shift -= coefficient("_slope_" + plan_.kernel.states[a], neuron) * adjoint.states[a];
    }
    return shift;
}

template <class T>
std::vector<T> ReferencePopulation<T>::undo_spike(const Moment& before,
                                                  const std::vector<T>& adjoint, T kappa,
                                                  std::size_t neuron) const {
    const std::vector<T> values = slots(before, neuron);
    const Moment after{evaluate(reset_, values), before.synapses};
    const std::vector<T> flow_before = flow(before, neuron);
    const std::vector<T> flow_after = flow(after, neuron);
    const std::vector<T> gradient = evaluate(crossing_gradient_, values);
    // Pull the adjoint back through the reset map.
    std::vector<T> pulled(num_states_, T(0));
    for (std::size_t b = 0; b < num_states_; ++b) {
        const std::vector<T> row = evaluate(reset_jacobian_[b], values);
        for (std::size_t a = 0; a < num_states_; ++a)
            pulled[a] += row[a] * adjoint[b];
    }
    T slope(0);
    T total = kappa;
    for (std::size_t a = 0; a < num_states_; ++a) {
        slope += gradient[a] * flow_before[a];
        total += pulled[a] * flow_before[a] - adjoint[a] * flow_after[a];
    }
    slope = std::max(slope, coefficient("_min_slope", neuron));
    for (std::size_t a = 0; a < num_states_; ++a)
        pulled[a] -= gradient[a] * total / slope;
    return pulled;
}

template class ReferencePopulation<float>;
template class ReferencePopulation<double>;

}  // namespace saltus
