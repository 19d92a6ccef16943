#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "backend/cpu/learned_delays.hpp"
#include "backend/cpu/matrices/synapse_matrix.hpp"
#include "backend/cpu/spike_relay.hpp"
#include "backend/cpu/split_columns.hpp"
#include "backend/cpu/storage.hpp"
#include "jit/neuron_functions.hpp"
#include "kernels/cpu/update.hpp"

namespace saltus {

/// A population's constants in the form that the kernels read.
struct BoundPopulation {
    std::size_t padded = 0;
    NeuronFunctions functions;
    Floats scalars;
    /// Which of them is 1 over the examples of a batch.
    std::optional<std::size_t> share_place;
    Floats arrays;   ///< [arrays][padded]
    Floats initial;  ///< [states + groups (+ refractory)][padded]
    /// Of a weighted readout: those of an example, and those of as many steps after it when the
    /// clock may be there.
    Floats step_weights;
    std::size_t num_step_weights = 0;
    Floats fold_weights;  ///< [folds][steps]: response of each fold
    Floats fold_shift;    ///< [folds][steps]; with surrogate gradients the response again
    /// With surrogate gradients: every neuron in every step of a block, as if all of them spiked,
    /// since what a spike would have changed counts whether there was one or not.
    SpikeList everyone;
    /// Whether its spikes are needed as a list (something propagates them).
    bool lists_spikes = false;
    /// Whether the time of the spikes that reach it matters (their source has equations).
    bool needs_shift = false;
    /// It is kept in row (step & this) of a table. That has a row for every step, but where only
    /// spikes of the same recurrent stage ask for them: then as few as they reach over, which stay
    /// in the first cache level.
    std::size_t shift_mask = SIZE_MAX;
    std::size_t shift_rows(std::size_t num_steps) const {
        return shift_mask < num_steps ? shift_mask + 1 : num_steps;
    }
    bool gets_feedback = false;
    /// Whether what feedback says is kept for every neuron and step, rather than for spikes alone.
    bool keeps_all_feedback = false;
    /// Whether spikes with a sign reach it: tables of its adjoints then hold minus each of them,
    /// too, which is what negative spikes add up.
    bool mirrors_arrivals = false;
    /// Whether it takes part in the backward pass.
    bool retreats = false;
    /// Whether something needs the adjoints at its arrivals in all steps at once. Those of a
    /// population that only shared weights reach are added to their gradient block by block, while
    /// they are in the second cache level.
    bool keeps_arrivals = false;
    /// How many steps of them there is room for where they are not kept.
    std::size_t arrival_rows = 0;

    /// The weights of the steps from one of the clock on; null without such a readout.
    const float* step_weights_of(std::size_t step) const {
        return step_weights.empty() ? nullptr
                                    : step_weights.data() + std::min(step, num_step_weights);
    }

    /// Trainable connections to it whose gradients are summed in its backward pass.
    std::vector<std::size_t> summed;

    std::size_t state_rows = 0;
    std::size_t block_steps = 0;
    std::uint32_t num_folds = 0;
};

/// How the gradient of a connection's weights is summed.
enum class GradientKind {
    kRows,     ///< a dense row is the sum of the adjoint rows of its spikes
    kFolded,   ///< a sum of outer products
    kSparse,   ///< each row has weights of its own
    kDelayed,  ///< likewise, and each weight a delay that is learned
    kShared    ///< rows use the same weights
};

/// Steps from a spike to the adjoint that its part of the gradient is given by.
inline std::size_t lag_of(const ConnectionPlan& plan) {
    return plan.gradient_lag + plan.delay;
}

/// A connection's weights and optimiser state. Weights are kept as what arrives: multiplied with
/// the connection's scale. A folded connection keeps its weights transposed, [post][padded pre],
/// since sums over spikes are vectors over its source.
struct BoundConnection {
    /// The weights as the user sees them, in two dimensions: [pre][post] or [1][weights].
    std::size_t rows = 0;
    std::size_t columns = 0;
    /// Floats between rows of a dense or folded matrix.
    std::size_t stride = 0;
    double scale = 1.0;
    GradientKind gradient_kind = GradientKind::kRows;
    /// Whether it is summed in the backward pass, into a buffer of each slot.
    bool sums_in_backward_pass = false;
    std::unique_ptr<SynapseMatrix> matrix;
    /// What the source's spikes go through before they reach the matrix; may be null.
    std::unique_ptr<SpikeRelay> relay;
    /// Where all of a relay's rows are wanted in every step, and without delay: they, once; empty
    /// elsewhere.
    SpikeList every_row;
    /// Of a connection whose delays are learned: these, with which its matrix is not used but for
    /// the places of its weights; null elsewhere.
    std::unique_ptr<LearnedDelays> learned;
    Floats weight;
    /// Where updates leave them.
    kernels::WeightRange range;
    /// Of few weights that every neuron's feedback passes through in every step, [post][padded
    /// pre]: what combine() wants; empty elsewhere.
    Floats transposed;
    Floats m;
    Floats v;
    Floats gradient;
    /// [1], or one for each float of `weight`; empty when the plan does not want it.
    std::vector<double> delay_gradient;
    /// Synapses of each source neuron; empty unless a profile is kept.
    std::vector<std::uint32_t> row_lengths;

    std::size_t place(std::size_t row, std::size_t column) const {
        return gradient_kind == GradientKind::kFolded ? column * stride + row
                                                      : matrix->place(row * columns + column);
    }
    /// Rows of the matrix: source neurons, or what the relay makes of them.
    std::size_t num_matrix_rows(std::size_t num_pre) const {
        return relay ? relay->num_rows() : num_pre;
    }
    /// Copies to and from rows of float64 that are `width` apart, with a factor.
    template <class Packed>
    void unpack(const Packed& packed, double factor, double* values, std::size_t width) const {
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < columns; ++column) {
                values[row * width + column] =
                    factor * static_cast<double>(packed[place(row, column)]);
            }
        }
    }
    /// Brings `transposed` up to date with the weights. @param padded floats of a row of it.
    void transpose(std::size_t padded);
    void pack(const double* values, double factor, std::size_t width, Floats& packed) const;
};

/// Everything of a plan that is the same for every example.
struct BoundPlan {
    Plan plan;
    /// The plan's, or 0 where it would spare nothing.
    std::size_t checkpoint_interval = 0;
    std::size_t history_steps = 0;
    /// By population: the one whose data an input takes.
    std::vector<std::size_t> original;
    std::vector<BoundPopulation> populations;
    std::vector<BoundConnection> connections;
    std::vector<Floats> feedbacks;  ///< [output neurons][padded source neurons]
};

/// Takes other values of a population's coefficients.
void bind_coefficients(const PopulationPlan& population, BoundPopulation& bound);

/// Finds the kernels and converts constants; weights are zero.
BoundPlan bind_plan(const SplitPlan& split, const KernelSources& sources);

}  // namespace saltus
