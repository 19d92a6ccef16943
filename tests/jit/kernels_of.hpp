#pragma once

#include <saltus/plan/lower.hpp>

#include "support/networks.hpp"

namespace saltus::test {

/// The kernel of the hidden neurons of a small network for training.
inline NeuronKernel hidden_kernel(PlanMode mode = PlanMode::kEventProp) {
    LowerOptions options;
    options.mode = mode;
    options.num_steps = 10;
    options.min_slope = 0.01;
    return lower(small_network({}), options).populations[1].kernel;
}

}  // namespace saltus::test
