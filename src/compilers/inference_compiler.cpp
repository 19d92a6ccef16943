#include <saltus/compilers/inference_compiler.hpp>

#include <saltus/common/errors.hpp>
#include <saltus/plan/lower.hpp>

#include "common/text.hpp"

namespace saltus {

bool are_exact(const std::string& spike_times) {
    if (spike_times == "exact") return true;
    if (spike_times == "grid") return false;
    throw ModelError("Compiler", "there are no spike_times '" + spike_times + "'",
                     suggest(spike_times, {"grid", "exact"}))
        .with("parameter", "spike_times");
}

InferenceCompiler::InferenceCompiler(InferenceOptions options) : options_(std::move(options)) {}

CompiledNetwork InferenceCompiler::compile(const Network& network) const {
    LowerOptions lowering;
    lowering.mode = PlanMode::kInference;
    lowering.dt = options_.dt;
    lowering.num_steps = options_.evaluate_timesteps;
    lowering.batch_size = options_.batch_size;
    lowering.seed = options_.rng_seed;
    lowering.carry = {.states = !options_.reset_vars_between_batches,
                      .synapses = !options_.reset_in_syn_between_batches};
    lowering.clock_goes_on = !options_.reset_time_between_batches;
    lowering.fold_readouts = options_.fold_readouts;
    lowering.exact_times = options_.exact_spike_times;
    lowering.trains_output_bias = options_.trains_output_bias;
    lowering.learned_delays = options_.delay_learn_conns;
    if (options_.exact_spike_times && (lowering.carry.any() || lowering.clock_goes_on)) {
        throw ModelError("InferenceCompiler",
                         "with exact spike times no example goes on where another ended",
                         "leave the resets between batches as they are")
            .with("parameter", "spike_times")
            .unsupported();
    }
    using enum MatrixType;
    if (!options_.matrix_types.empty()) {
        lowering.matrix_types = SupportedMatrixType(options_.matrix_types);
    } else if (!options_.prefer_in_memory_connect) {
        lowering.matrix_types =
            SupportedMatrixType({kToeplitz, kProceduralKernelG, kProcedural, kSparse, kDense});
    }
    return {lower(network, lowering), options_.backend};
}

}  // namespace saltus
