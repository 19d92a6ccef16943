#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <saltus/network/network.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// How learning signals get from outputs to the neurons that learn by e-prop.
enum class Feedback {
    kSymmetric,  ///< through the weights of the connections to the outputs
    kRandom,     ///< through random weights that stay as they are
    kAdaptive    ///< through random weights that become those of the connections to the outputs
};

/// What draws the firing rates of neurons to a target (e-prop).
struct RateTarget {
    double strength = 0.0;  ///< 0 for nothing
    double tau = 500.0;     ///< time over which spikes are averaged (ms)
    double spikes_per_second = 10.0;
    /// Whether examples begin at the target rather than in silence.
    bool begins_there = true;
};

/// What a compiler decides about a plan.
struct LowerOptions {
    PlanMode mode = PlanMode::kInference;
    double dt = 1.0;             ///< length of a timestep in ms
    std::size_t num_steps = 0;   ///< timesteps of an example
    std::size_t batch_size = 1;  ///< examples of a batch
    std::uint64_t seed = 0;      ///< of initial values and random inputs
    PlanCarry carry = {};        ///< what examples take over (inference)
    bool clock_goes_on = false;  ///< see Plan
    bool exact_times = false;    ///< see Plan
    double min_slope = 0.0;      ///< see derive_adjoint (EventProp)
    /// Names of connections whose delays are learned (EventProp).
    std::vector<std::string> learned_delays = {};
    /// Of all populations that spike and are no outputs, and of single ones by name (EventProp).
    Regularisation regularisation = {};
    std::map<std::string, Regularisation> regularisations = {};
    /// What stands for the derivative of a spike, as an expression of x, how far the crossing
    /// function is above zero; and whether spikes that reset their own neuron's output variable
    /// count as constants (surrogate gradients). e-prop has a surrogate of its own when empty.
    std::string surrogate = {};
    bool detach_reset = true;
    RateTarget rate_target = {};               ///< (e-prop)
    Feedback feedback = Feedback::kSymmetric;  ///< (e-prop)
    double feedback_scale = 1.0;               ///< of random feedback weights (e-prop)
    double feedback_decay = 0.0;               ///< see Plan
    bool lags_behind = false;                  ///< see Plan
    /// Whether the parameter "bias" of outputs is trained, one a neuron, marked or not.
    bool trains_output_bias = false;
    bool fold_readouts =
        true;  ///< whether linear outputs are folded; none when examples carry anything
    /// Whether a loss may compare the output variable of a population in every step; for none when
    /// empty.
    std::function<bool(const std::string& population)> compares_steps = {};
    /// Whether losses are those of every timestep, whatever the readout.
    bool per_timestep_loss = false;
    /// How synapses may be laid out, the best first. Kernels come before what they could be
    /// unrolled to, since they are faster; rows that would be computed anew at every spike come
    /// last.
    SupportedMatrixType matrix_types{{MatrixType::kToeplitz, MatrixType::kProceduralKernelG,
                                      MatrixType::kDense, MatrixType::kSparse,
                                      MatrixType::kProcedural}};
};

/// Turns a network into a plan, one pass after the other.
/// @throws ModelError for a network that cannot be lowered, naming population or connection.
Plan lower(const Network& network, const LowerOptions& options);

}  // namespace saltus
