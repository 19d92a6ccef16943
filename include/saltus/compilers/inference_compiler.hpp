#pragma once

#include <cstdint>
#include <string>

#include <saltus/backend/backend_options.hpp>
#include <saltus/network/network.hpp>
#include <saltus/runtime/compiled_network.hpp>

namespace saltus {

/// Arguments of InferenceCompiler.
struct InferenceOptions {
    std::size_t evaluate_timesteps = 0;  ///< steps of an example; required
    double dt = 1.0;                     ///< ms
    std::size_t batch_size = 32;
    std::uint64_t rng_seed = 0;
    /// Whether every example begins from the initial states of its neurons. Otherwise it takes over
    /// those of the example that was at its place in the batch before it, also across runs, until
    /// CompiledNetwork::reset(). Readouts begin anew in any case.
    bool reset_vars_between_batches = true;
    /// The same of synaptic currents and of spikes that are on their way.
    bool reset_in_syn_between_batches = true;
    /// Whether the clock begins anew with every batch; it tells which frame of an input is shown
    /// and how AvgVarExpWeight weighs. Spike trains begin with their example in any case.
    bool reset_time_between_batches = true;
    /// Whether spikes fall at the times at which the threshold is crossed, rather than at the ends
    /// of steps (see EventPropOptions::exact_spike_times). Every example then begins anew.
    bool exact_spike_times = false;
    /// Whether biases of outputs are values that can be set, as they are where EPropCompiler has
    /// trained them (EPropOptions::train_output_bias).
    bool trains_output_bias = false;
    /// Connections whose delays are values that can be set, one a synapse, as they are where
    /// EventPropCompiler has learned them (EventPropOptions::delay_learn_conns).
    std::vector<std::string> delay_learn_conns = {};
    /// Whether linear outputs are evaluated as sums over spikes (the same values, faster).
    bool fold_readouts = true;
    /// Whether synapses may be kept in memory rather than computed whenever they are used.
    bool prefer_in_memory_connect = true;
    /// How synapses may be laid out, the best first; the compiler's own list when empty.
    std::vector<MatrixType> matrix_types = {};
    BackendOptions backend = {};
};

/// Whether "grid" or "exact" spike times are meant. @throws ModelError for anything else.
bool are_exact(const std::string& spike_times);

/// Compiles a network to be evaluated.
class InferenceCompiler {
  public:
    explicit InferenceCompiler(InferenceOptions options);
    /// @throws ModelError for a network that cannot be compiled.
    CompiledNetwork compile(const Network& network) const;

  private:
    InferenceOptions options_;
};

}  // namespace saltus
