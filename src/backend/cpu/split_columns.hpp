#pragma once

#include <cstddef>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "backend/cpu/storage.hpp"
#include "backend/program.hpp"

namespace saltus {

/// Some neurons of a population that run as a population of their own.
struct Part {
    std::size_t population;
    std::size_t first;
};

/// The synapses between two parts.
struct Block {
    std::size_t connection;
    std::size_t first_row;
    std::size_t first_column;
};

/// A plan whose wide populations are cut into parts, each with its own copy of the inputs: each
/// core can then keep to the spikes, the weights, the optimiser's moments and the adjoints of its
/// own part. A line of the cache that travels between two cores costs as much as adding a hundred
/// weights.
struct SplitPlan {
    Plan plan;
    /// By population of the original, whose index the first part keeps.
    std::vector<std::vector<Part>> parts;
    /// By connection of the original; in the order of its source's parts, then of its target's.
    std::vector<std::vector<Block>> blocks;
    /// By population of the cut plan: the original's.
    std::vector<std::size_t> original;
    /// Whether the stages may run one after the other over all examples of a chunk; otherwise the
    /// examples have to run one by one.
    bool by_level = false;
};

/// Cuts the populations of a plan for training whose neurons do not depend on each other, but for
/// those with a readout. A plan for inference, with recurrence, or for one thread stays whole. Sums
/// over neurons have the same order whether they are cut or not (see kernels::kSumBlock).
SplitPlan split_columns(const Plan& plan, int threads);

/// A coefficient of some neighbouring neurons.
Coefficient slice(const Coefficient& coefficient, std::size_t first, std::size_t size);

/// What the parts did as what the original's populations did; what was not recorded becomes empty.
void join(const SplitPlan& split, const std::vector<RecordedPopulation>& records,
          const ExampleSlot& slot, Recording& joined);

/// Stages that one core runs one after the other for an example.
using Strand = std::vector<const Stage*>;
/// Strands none of which needs another of the same level.
using Level = std::vector<Strand>;

/// The stages of a plan without recurrence, level by level in the order in which they run.
std::vector<Level> forward_levels(const Plan& plan);
std::vector<Level> backward_levels(const Plan& plan);

}  // namespace saltus
