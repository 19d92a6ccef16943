#pragma once

#include <string>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "codegen/bytecode.hpp"

namespace saltus {

/// Evaluates the equations of one population, one neuron at a time, in the type T.
template <class T>
class ReferencePopulation {
  public:
    explicit ReferencePopulation(const PopulationPlan& plan);

    /// Values of one neuron at one moment.
    struct Moment {
        std::vector<T> states;
        std::vector<T> synapses;
        /// Of adjoints: derivatives by the coefficients of NeuronKernel::parameters so far.
        std::vector<T> parameters = {};
    };

    Moment initial(std::size_t neuron) const;
    T refractory_time(std::size_t neuron) const;
    /// The states after a step; `start.synapses` must hold the arrivals of the step.
    /// @param free whether the neuron may spike.
    std::vector<T> advance(const Moment& start, bool free, std::size_t neuron) const;
    /// The synaptic states after a step.
    std::vector<T> decay(const Moment& moment, std::size_t neuron) const;
    bool spikes(const Moment& moment, std::size_t neuron) const;
    std::vector<T> reset(const Moment& moment, std::size_t neuron) const;
    /// The function whose crossing of zero is a spike, and its derivatives by the states.
    T crossing(const Moment& moment, std::size_t neuron) const;
    std::vector<T> crossing_gradient(const Moment& moment, std::size_t neuron) const;

    /// Adjoints without any loss.
    Moment zero() const;
    /// Takes adjoints after the threshold is tested to those before it, where a spike has a
    /// surrogate derivative.
    /// @param zeta derivative of the loss by the spike.
    void undo_decision(const Moment& before, T zeta, bool spiked, bool free, std::size_t neuron,
                       Moment& adjoint) const;
    /// Transpose of the step that began with `start`: adjoints of states and synapses before it.
    /// @param waiting whether the neuron was refractory, @param free whether it might spike.
    Moment transpose_step(const Moment& start, const Moment& adjoint, bool waiting, bool free,
                          std::size_t neuron) const;
    /// Derivative of the loss by the arrival time of a spike of unit weight in a group.
    /// @param waiting whether the neuron was refractory.
    T arrival_shift(const Moment& start, const Moment& adjoint, bool waiting, std::size_t group,
                    std::size_t neuron) const;
    /// Takes adjoints after a spike to those before it, with kappa, the derivative of the loss by
    /// the spike's time (MATH: rule B of event-based adjoints).
    /// @param before states before the reset, synapses after the decay.
    void undo_spike(const Moment& before, T kappa, std::size_t neuron, Moment& adjoint) const;
    /// The same of a spike that only waited for the end of the refractory time (rule C).
    /// @param by_end set to the derivative of the loss by that end.
    void undo_late_spike(const Moment& before, T kappa, std::size_t neuron, Moment& adjoint,
                         T& by_end) const;
    /// Derivative of the loss by the time at which held states are let go (rule E).
    T release(const Moment& at_end, const std::vector<T>& adjoint, std::size_t neuron) const;

  private:
    /// The states after the updates of a step, one after the other.
    std::vector<std::vector<T>> path(const Moment& start, bool free, std::size_t neuron) const;
    std::vector<T> update(const Moment& moment, std::size_t neuron) const;
    void transpose_update(const Moment& moment, Moment& adjoint, std::size_t neuron) const;
    /// Adds sum_k by_parameter[q][k] adjoint[k] to each derivative.
    void add_products(const std::vector<std::vector<Bytecode>>& by_parameter,
                      const std::vector<T>& values, const std::vector<T>& adjoint,
                      std::vector<T>& derivatives) const;
    std::vector<T> slots(const Moment& moment, std::size_t neuron) const;
    std::vector<T> evaluate(const std::vector<Bytecode>& programs,
                            const std::vector<T>& values) const;
    std::vector<T> flow(const Moment& moment, std::size_t neuron) const;
    /// The flow after a spike, in which no held state moves.
    std::vector<T> flow_after_spike(const Moment& before, std::size_t neuron) const;
    /// The adjoint pulled back through the reset.
    std::vector<T> undo_reset(const Moment& before, std::size_t neuron, Moment& adjoint) const;
    std::vector<Bytecode> compile(const std::vector<expr::Expression>& expressions) const;
    T coefficient(const std::string& name, std::size_t neuron) const;

    const PopulationPlan& plan_;
    std::size_t num_states_ = 0;
    std::size_t num_groups_ = 0;
    std::vector<std::string> symbols_;
    std::vector<Bytecode> update_;
    std::vector<Bytecode> decay_;
    std::vector<Bytecode> spike_;
    std::vector<Bytecode> reset_;
    std::vector<Bytecode> flow_;
    std::vector<Bytecode> crossing_;
    std::vector<Bytecode> crossing_gradient_;
    /// [state a][b]: derivatives of update, reset by state b; [state][group]: of update by
    /// synapses.
    std::vector<std::vector<Bytecode>> step_jacobian_;
    std::vector<std::vector<Bytecode>> input_jacobian_;
    std::vector<std::vector<Bytecode>> reset_jacobian_;
    std::vector<Bytecode> flow_by_current_;
    /// [parameter][state], [parameter][group], [parameter][state], [parameter].
    std::vector<std::vector<Bytecode>> update_by_parameter_;
    std::vector<std::vector<Bytecode>> decay_by_parameter_;
    std::vector<std::vector<Bytecode>> reset_by_parameter_;
    std::vector<Bytecode> crossing_by_parameter_;
    std::vector<Bytecode> parameter_reset_pull_;
    std::vector<Bytecode> parameter_spike_pull_;
    std::vector<Bytecode> reset_pull_;
    std::vector<Bytecode> spike_pull_;
    std::vector<std::vector<Bytecode>> decay_jacobian_;  ///< [group][group]
    /// [group]: d/dt of all synaptic states per unit of this one.
    std::vector<std::vector<Bytecode>> synapse_flow_;
};

extern template class ReferencePopulation<float>;
extern template class ReferencePopulation<double>;

}  // namespace saltus
