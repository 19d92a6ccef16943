#pragma once

#include <cstdint>
#include <span>

#include <saltus/data/spike_list.hpp>
#include <saltus/plan/plan.hpp>

#include "backend/program.hpp"

namespace saltus {

/// The spikes of an input population for one example of a batch. Random ones are a function of the
/// plan's seed, the population, the presentation, the example, the neuron and the step.
/// @param negative those that deliver minus the weight, of a population whose spikes are signed.
void emit_input(const Plan& plan, std::size_t population, const Batch& batch, std::uint32_t example,
                SpikeList& spikes, SpikeList& negative);

/// The values of an input population that hold in a step of an example, which starts with step 0.
void read_frame(const PopulationPlan& input, const InputView& view, const Batch& batch,
                std::uint32_t example, std::size_t step, std::span<double> values);
void read_frame(const PopulationPlan& input, const InputView& view, const Batch& batch,
                std::uint32_t example, std::size_t step, std::span<float> values);

}  // namespace saltus
