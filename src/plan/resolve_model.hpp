#pragma once

#include <cstdint>

#include <saltus/network/population.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

/// What equations become besides what is declared.
struct ResolveOptions {
    double dt = 1.0;
    std::uint64_t seed = 0;
    /// Whether the parameter "bias" of populations with a readout is trained, one a neuron, marked
    /// or not.
    bool trains_output_bias = false;
    /// Whether threshold and reset become coefficients, too (see name_events).
    bool exact_times = false;
};

/// Turns the declared equations of a population and of the synapses into it into the expressions
/// and coefficients of one timestep. Sets everything of the plan but the readout and the adjoint,
/// and the group of every incoming connection.
/// @throws ModelError naming the population, or the equation with line and column.
PopulationPlan resolve_model(const Population& population, const ResolveOptions& options,
                             std::vector<ConnectionPlan>& connections);

/// Fills the kernel's lists of coefficient names with those that its expressions use.
void collect_coefficients(PopulationPlan& population);

}  // namespace saltus
