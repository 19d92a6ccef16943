#pragma once

#include <cstdint>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "backend/cpu/split_columns.hpp"
#include "backend/cpu/storage.hpp"
#include "jit/neuron_functions.hpp"

namespace saltus {

/// A population's constants in the form that the kernels read.
struct BoundPopulation {
    std::size_t padded = 0;
    NeuronFunctions functions;
    Floats scalars;
    Floats arrays;        ///< [arrays][padded]
    Floats initial;       ///< [states + groups (+ refractory)][padded]
    Floats step_weights;  ///< of a weighted readout
    Floats fold_weights;  ///< [folds][steps]: response of each fold
    Floats fold_shift;    ///< [folds][steps]
    /// Whether its spikes are needed as a list (something propagates them).
    bool lists_spikes = false;
    /// Whether the time of the spikes that reach it matters (their source has equations).
    bool needs_shift = false;
    bool gets_feedback = false;
    /// Whether it takes part in the backward pass.
    bool retreats = false;

    std::size_t state_rows = 0;
    std::size_t block_steps = 0;
    std::uint32_t num_folds = 0;
};

/// A connection's weights and optimiser state. A folded connection keeps its weights transposed,
/// [post][padded pre], since sums over spikes are vectors over its source.
struct BoundConnection {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;
    bool transposed = false;
    Floats weight;
    Floats m;
    Floats v;
    Floats gradient;

    std::size_t place(std::size_t row, std::size_t column) const {
        return transposed ? column * stride + row : row * stride + column;
    }
    /// Copies to and from rows of float64 that are `width` apart.
    void unpack(const Floats& packed, double* values, std::size_t width) const;
    void pack(const double* values, std::size_t width, Floats& packed) const;
};

/// Everything of a plan that is the same for every example.
struct BoundPlan {
    Plan plan;
    /// By population: the one whose data an input takes.
    std::vector<std::size_t> original;
    std::vector<BoundPopulation> populations;
    std::vector<BoundConnection> connections;
};

/// Finds the kernels and converts constants; weights are zero.
BoundPlan bind_plan(const SplitPlan& split, const KernelSources& sources);

}  // namespace saltus
