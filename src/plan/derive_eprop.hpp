#pragma once

#include <saltus/plan/lower.hpp>

namespace saltus {

/// Name of the state that averages a neuron's spikes over time (spikes per timestep).
inline constexpr const char* kSpikeRate = "_spike_rate";
/// Name of the inverse of how far the threshold is from the state in which a neuron begins: the
/// scale of the surrogate that e-prop has by default.
inline constexpr const char* kThresholdScale = "_threshold_scale";
/// 1 over the examples of a batch: a coefficient that programs set for each batch.
inline constexpr const char* kExampleShare = "_example_share";

/// Adds the backward pass of e-prop to a population: that of surrogate gradients, in which the
/// spikes of other neurons count as constants (Plan::backward leaves their feedback out), and
///
///     zeta += c_reg (F - F*),    dF/dt = -F / tau_reg,    F += 1 - exp(-dt / tau_reg) at a spike
///
/// which draws the rate F of each neuron to its target F*. Sums over the eligibility traces of
/// synapses, of every trained weight, are then sums over time of a presynaptic spike and the
/// adjoint of the neuron that it reaches: no synapse has a state.
///
/// An adaptation counts as a state of the neuron (its eligibility trace), the reset of the output
/// variable does not.
/// G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein, W. Maass, Nature
/// Communications 11, 3625 (2020).
/// @throws ModelError for a neuron that begins at its threshold, when the surrogate needs a scale.
void derive_eprop(PopulationPlan& population, const LowerOptions& options);

/// Cuts the feedback between neurons that are no outputs, and draws the feedback weights.
void plan_learning_signals(Plan& plan, const LowerOptions& options);

}  // namespace saltus
