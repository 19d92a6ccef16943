#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <saltus/expr/expression.hpp>

namespace saltus {

/// A number that the equations use under a name: the same for all neurons, or one a neuron.
struct Coefficient {
    std::string name;
    std::vector<double> values;
    /// Whether it depends on a parameter that training changes, so that it stands in expressions by
    /// its name whatever its value.
    bool moves = false;

    bool per_neuron() const { return values.size() > 1; }
    double at(std::size_t neuron) const { return values[per_neuron() ? neuron : 0]; }
};

/// Limits of a neuron kernel, whose values live in registers.
inline constexpr std::size_t kMaxKernelStates = 8;
inline constexpr std::size_t kMaxKernelGroups = 8;
inline constexpr std::size_t kMaxKernelFolds = 8;
inline constexpr std::size_t kMaxKernelParameters = 32;

/// What a kernel accumulates for the readout.
enum class ReadoutKind { kNone, kWeightedOutput, kSpikeCount, kGreatestOutput };

/// One timestep of a neuron model and its adjoint as expressions. This is all that code generation,
/// the interpreter and the reference backend know of a neuron.
///
/// Symbols: the states by their names, the synaptic states "_g0", "_g1", ... (of each group of
/// synapses that share their dynamics), and the coefficients by their names. In the adjoint, the
/// adjoint of state v is "_lambda_v", that of synaptic state 0 is "_mu0", and what the states add
/// to the latter "_drive0"; lambda is +dL/dx. States there are those at the start of the step,
/// synaptic states those after the arrivals.
struct NeuronKernel {
    /// The neuron model's name, for messages and comments.
    std::string model;
    std::vector<std::string> states;
    /// For each group of synapses, whether its input persists (a state) or lasts one step.
    std::vector<bool> group_has_state;
    /// Names of the coefficients that the expressions below use, those that are the same for all
    /// neurons first.
    std::vector<std::string> scalars;
    std::vector<std::string> arrays;

    /// The new value of each state, from the states at the start of the step and the synaptic
    /// states after the arrivals ...
    std::vector<expr::Expression> update;
    /// ... of which a step takes so many one after the other, until one crosses the threshold.
    std::size_t sub_steps = 1;
    /// The new value of each synaptic state; the number 0 for a group without state.
    std::vector<expr::Expression> decay;
    /// Whether the neuron spikes, from the updated states; meaningless when `spiking` is false.
    expr::Expression spike;
    bool spiking = false;
    /// The value of each state after a spike, from the updated states.
    std::vector<expr::Expression> reset;
    /// Whether there is a time without spikes after each, and whether a state is held meanwhile.
    bool refractory = false;
    std::vector<bool> held;
    /// Name of the refractory time's coefficient (ms) and the value of a step (ms).
    std::string refractory_time;
    double dt = 1.0;
    /// Index of the state that readouts sample.
    std::size_t output = 0;
    ReadoutKind readout = ReadoutKind::kNone;
    /// Number of folded readouts that the population's spikes feed (see FoldPlan).
    std::size_t num_folds = 0;

    /// Whether the expressions below are set.
    bool adjoint = false;
    /// Names of the states and synaptic states of a step that they depend on, and kRefractoryTime,
    /// which are kept from forward to backward; none where steps are linear.
    std::vector<std::string> kept;
    /// Adjoint of each state, and what it adds to that of each synaptic state, one update earlier.
    std::vector<expr::Expression> adjoint_states;
    std::vector<expr::Expression> adjoint_drive;
    /// Adjoint of each synaptic state one step earlier.
    std::vector<expr::Expression> adjoint_synapses;
    /// For each group, the sensitivity of the loss to the arrival time of a spike of unit weight.
    std::vector<expr::Expression> arrival_shift;
    /// At a spike, the speed at which the crossing function rises (per ms, never below the plan's
    /// smallest slope). Its inverse has the name `kInverseSlope` in the jump expressions.
    expr::Expression slope;
    /// At a spike: lambda_a <- sum_b jump_matrix[a][b] lambda_b + jump_vector[a] kappa, from the
    /// states before the reset and the synaptic states after the decay.
    std::vector<std::vector<expr::Expression>> jump_matrix;
    std::vector<expr::Expression> jump_vector;

    /// With a refractory time, the derivative of the loss by the time of a spike with all else held
    /// fixed, besides kappa; and that by the time at which states are let go. Both from adjoints
    /// after, states before the reset and synaptic states after the decay. A spike that the end of
    /// the refractory time sets free has no slope: only the reset's pull (reset_pull) takes its
    /// adjoint back, and the spike before it takes over the derivative by its time.
    expr::Expression spike_shift;
    expr::Expression release_shift;

    /// Whether the step is noted in which an example was nearest to the threshold, where neurons
    /// that stay silent are drawn to it: where `crossing`, from the states before the reset, was
    /// greatest. The adjoint of each state is then what a pull there (kSilencePull) makes of it.
    bool minds_silence = false;
    expr::Expression crossing;
    std::vector<expr::Expression> drawn;

    /// Whether spikes have a surrogate derivative in place of the jump above; then, from the states
    /// before the reset, the derivative of the loss by the spike (kSpikeAdjoint) and the adjoints
    /// after the reset: the adjoint of each state before a reset that took place, and what the
    /// spike's derivative adds whether it did or not.
    bool surrogate = false;
    std::vector<expr::Expression> reset_pull;
    std::vector<expr::Expression> spike_pull;

    /// Names of the coefficients whose adjoints are summed up, since training changes what they
    /// depend on. Each is a state that never moves: its adjoint gains in every update and decay ...
    std::vector<std::string> parameters;
    std::vector<expr::Expression> parameter_update;
    std::vector<expr::Expression> parameter_decay;
    /// ... and at spikes: by the rows of jump_matrix and jump_vector after those of the states, or
    /// with surrogates by these, as reset_pull and spike_pull.
    std::vector<expr::Expression> parameter_reset_pull;
    std::vector<expr::Expression> parameter_spike_pull;

    std::size_t num_states() const { return states.size(); }
    std::size_t num_groups() const { return group_has_state.size(); }
};

/// The symbol for 1 / slope in the jump expressions.
inline constexpr const char* kInverseSlope = "_inverse_slope";

/// The symbol for the derivative of the loss by a spike.
inline constexpr const char* kSpikeAdjoint = "_zeta";
/// The symbol for the strength with which a silent neuron is drawn to its threshold.
inline constexpr const char* kSilencePull = "_pull";
/// The name of what is left of the refractory time where a step starts.
inline constexpr const char* kRefractoryTime = "_refractory";

/// Name of the synaptic state of a group, of the adjoint of a state, and of that of a group.
std::string synaptic_state_name(std::size_t group);
std::string adjoint_state_name(const std::string& state);
std::string adjoint_synapse_name(std::size_t group);
/// Name of what the adjoints of the states add to that of a group.
std::string adjoint_drive_name(std::size_t group);

/// A text that determines the kernel completely: two kernels with equal texts compute the same.
std::string to_string(const NeuronKernel& kernel);

}  // namespace saltus
