#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <saltus/backend/backend_options.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>
#include <saltus/network/network.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/plan/plan.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// Arguments of EventPropCompiler.
struct EventPropOptions {
    std::size_t example_timesteps = 0;  ///< steps of an example; required
    /// The loss of every output population.
    std::shared_ptr<const Loss> loss = std::make_shared<SparseCategoricalCrossentropy>();
    /// Losses of single output populations by name, where they differ.
    std::map<std::string, std::shared_ptr<const Loss>> losses = {};
    /// Whether losses are means over all timesteps of losses of the output variable (see
    /// PerTimestep), instead of losses of the readout.
    bool per_timestep_loss = false;
    Optimiser optimiser = Adam();
    /// Of the parameters that are marked as trainable: that of the weights where none is given.
    ParameterOptimisers parameter_optimisers = {};
    /// Bound of the norm of all gradients of a batch together, which are scaled down to it; and of
    /// the magnitude of each, after that (see GradientClip). No bounds when empty.
    std::optional<double> clip_norm = {};
    std::optional<double> clip_value = {};
    /// What the weights of single connections keep to, by the names of the connections.
    WeightConstraints weight_constraints = {};
    /// Connections whose delays are learned with the weights, by name: one delay of each synapse,
    /// also where all begin with the same, in timesteps from 0 to the connection's max_delay_steps.
    /// With exact spike times they are used as they are; on the time grid a spike takes the nearest
    /// number of whole steps, and the gradient is that of spikes that move in time to first order.
    /// B. Meszaros, J. C. Knight, T. Nowotny, "Efficient event-based delay learning in spiking
    /// neural networks", Nature Communications 16 (2025).
    std::vector<std::string> delay_learn_conns = {};
    /// Of these delays, by gradients per timestep: a copy of `optimiser` when empty.
    std::optional<Optimiser> delay_optimiser = {};
    /// Connections whose synapses training replaces (Deep-R).
    DeepR deep_r = {};
    double dt = 1.0;  ///< ms
    std::size_t batch_size = 32;
    std::uint64_t rng_seed = 0;
    /// Outputs that are read by first spikes: weight of alpha / (1.01 T - t), with the time t of
    /// the first spike of the label's neuron in an example of length T, which is added to the loss.
    double ttfs_alpha = 0.01;
    /// Regularisation of all populations that spike and are no outputs, and of single ones by name.
    /// Outputs that are read by first spikes have one of their own unless they are named: a label's
    /// neuron that stays silent is drawn to its threshold with strength 20.
    Regularisation regularisation = {};
    std::map<std::string, Regularisation> regularisations = {};
    /// Smallest slope (per ms) with which a threshold counts as crossed. A spike that only grazes
    /// the threshold has an unbounded gradient; this bounds it.
    double min_slope = 0.01;
    /// Whether spikes fall at the times at which the threshold is crossed, found from the solution
    /// of the equations, rather than at the ends of steps. Spikes and gradients are then those of
    /// continuous time whatever dt is; for linear neurons and synapses of linear equations, in
    /// float64.
    bool exact_spike_times = false;
    /// Whether linear outputs are evaluated as sums over spikes (the same values, faster).
    bool fold_readouts = true;
    /// How synapses may be laid out, the best first; the compiler's own list when empty.
    std::vector<MatrixType> matrix_types = {};
    BackendOptions backend = {};
};

/// Compiles a network to be trained with EventProp: gradients of a loss through the times of
/// spikes.
///
/// On the time grid the backward pass is the transpose of the forward step, and at a spike the jump
/// that follows from moving the spike in time to first order (see plan/derive_adjoint.hpp).
/// T. C. Wunderlich, C. Pehle, Scientific Reports 11, 12829 (2021);
/// T. Nowotny, J. P. Turner, J. C. Knight, Neuromorphic Computing and Engineering 5 (2025).
class EventPropCompiler {
  public:
    explicit EventPropCompiler(EventPropOptions options);
    /// Arguments for neurons and synapses that fit EventProp: scaled currents, absolute reset.
    static DefaultParams default_params();
    /// @throws ModelError for a network that cannot be trained, naming what stands in the way.
    CompiledTrainingNetwork compile(const Network& network) const;

  private:
    EventPropOptions options_;
};

}  // namespace saltus
