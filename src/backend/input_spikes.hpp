#pragma once

#include <cstdint>

#include <saltus/data/spike_list.hpp>
#include <saltus/plan/plan.hpp>

#include "backend/program.hpp"

namespace saltus {

/// The spikes of an input population for one example of a batch. Random ones are a function of the
/// plan's seed, the population, the presentation, the example, the neuron and the step.
void emit_input(const Plan& plan, std::size_t population, const Batch& batch, std::uint32_t example,
                SpikeList& spikes);

}  // namespace saltus
