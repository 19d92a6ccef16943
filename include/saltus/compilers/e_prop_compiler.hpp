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
#include <saltus/plan/lower.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// Arguments of EPropCompiler.
struct EPropOptions {
    std::size_t example_timesteps = 0;  ///< steps of an example; required
    /// The loss of every output population.
    std::shared_ptr<const Loss> loss = std::make_shared<SparseCategoricalCrossentropy>();
    /// Losses of single output populations by name, where they differ.
    std::map<std::string, std::shared_ptr<const Loss>> losses = {};
    /// Whether losses are means over all timesteps of losses of the output variable (see
    /// PerTimestep), instead of losses of the readout.
    bool per_timestep_loss = true;
    Optimiser optimiser = Adam();
    /// Whether the biases of outputs (LeakyIntegrate) are trained, one a neuron, without a mark.
    bool train_output_bias = true;
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
    double tau_reg = 500.0;  ///< time over which spikes are averaged to a firing rate (ms)
    double c_reg = 0.001;    ///< how strongly rates are drawn to f_target; 0 for not at all
    double f_target = 10.0;  ///< target rate (spikes per second)
    double dt = 1.0;         ///< ms
    std::size_t batch_size = 32;
    std::uint64_t rng_seed = 0;
    /// What stands for the derivative of a spike; when empty
    /// 0.3 / d max(0, 1 - |x| / d), where d is how far its threshold is from where a neuron begins.
    std::optional<Surrogate> surrogate = {};
    /// How the errors of outputs get to hidden neurons. Populations without a connection to an
    /// output learn from random feedback in any case.
    Feedback feedback = Feedback::kSymmetric;
    /// Random feedback weights are normally distributed with the standard deviation
    /// feedback_scale / sqrt(neurons of the population that learns).
    double feedback_scale = 1.0;
    /// Adaptive feedback: fraction of the difference from the weights to the outputs that vanishes
    /// in each update.
    double feedback_decay = 0.01;
    /// Whether to learn with the lags of mlGeNN, whose traces and errors meet up to three steps
    /// late: to compare with it, for no other reason. Rates then begin at 0.
    bool mlgenn_lags = false;
    /// Whether linear outputs are evaluated as sums over spikes where their loss allows it (the
    /// same values, faster).
    bool fold_readouts = true;
    /// How synapses may be laid out, the best first; the compiler's own list when empty.
    std::vector<MatrixType> matrix_types = {};
    BackendOptions backend = {};
};

/// Compiles a network to be trained with e-prop: gradients from eligibility traces, which each
/// synapse could know locally, and learning signals, which outputs send to hidden neurons. It is
/// back-propagation through time with surrogate gradients in which the spikes of other hidden
/// neurons count as constants (see plan/derive_eprop.hpp), for any declared neuron model. The loss
/// is compared in every timestep.
/// G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein, W. Maass, "A solution to
/// the learning dilemma for recurrent networks of spiking neurons", Nature Communications 11, 3625
/// (2020).
class EPropCompiler {
  public:
    /// @throws ModelError naming the argument that is out of its range.
    explicit EPropCompiler(EPropOptions options);
    /// Arguments for neurons and synapses that fit e-prop: relative reset, no hold while
    /// refractory.
    static DefaultParams default_params();
    /// @throws ModelError for a network that cannot be trained, naming what stands in the way.
    CompiledTrainingNetwork compile(const Network& network) const;

  private:
    EPropOptions options_;
};

/// "symmetric", "random" or "adaptive". @throws ModelError listing them.
Feedback feedback_by_name(const std::string& name);

}  // namespace saltus
