#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include <saltus/backend/backend_options.hpp>
#include <saltus/compilers/surrogate.hpp>
#include <saltus/losses/sparse_categorical_crossentropy.hpp>
#include <saltus/network/network.hpp>
#include <saltus/plan/deep_r.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// Arguments of SurrogateCompiler.
struct SurrogateOptions {
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
    /// Connections whose synapses training replaces (Deep-R).
    DeepR deep_r = {};
    double dt = 1.0;  ///< ms
    std::size_t batch_size = 32;
    std::uint64_t rng_seed = 0;
    /// What stands for the derivative of a spike.
    Surrogate surrogate = Surrogate::fast_sigmoid();
    /// Whether spikes count as constants in the reset of the output variable of their own neuron;
    /// what they do to other states, such as an adaptation, always counts.
    bool detach_reset = true;
    /// In how many timesteps states are kept for the backward pass. It computes those of earlier
    /// ones again, in segments of so many steps from the states at their beginnings: memory is then
    /// that of one segment, and a state for each, at the cost of a second forward pass. 0 keeps all
    /// steps. The square root of example_timesteps takes the least memory. (T. Chen, B. Xu, C.
    /// Zhang, C. Guestrin, arXiv:1604.06174, 2016.) Gradients are the same up to rounding.
    std::size_t checkpoint_interval = 0;
    /// Whether linear outputs are evaluated as sums over spikes (the same values, faster).
    bool fold_readouts = true;
    /// How synapses may be laid out, the best first; the compiler's own list when empty.
    std::vector<MatrixType> matrix_types = {};
    BackendOptions backend = {};
};

/// Compiles a network to be trained with surrogate gradients: back-propagation through time, in
/// which the derivative of a spike is replaced by a function of how far the neuron is above its
/// threshold (see plan/derive_surrogate.hpp). Neurons learn from spikes that they nearly made, too,
/// which costs more time than EventProp: every neuron and step takes part, not spikes alone.
/// E. O. Neftci, H. Mostafa, F. Zenke, IEEE Signal Processing Magazine 36, 51 (2019).
class SurrogateCompiler {
  public:
    explicit SurrogateCompiler(SurrogateOptions options);
    /// Arguments for neurons and synapses that fit: scaled currents.
    static DefaultParams default_params();
    /// @throws ModelError for a network that cannot be trained, naming what stands in the way.
    CompiledTrainingNetwork compile(const Network& network) const;

  private:
    SurrogateOptions options_;
};

}  // namespace saltus
