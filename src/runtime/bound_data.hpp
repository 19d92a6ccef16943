#pragma once

#include <memory>
#include <vector>

#include <saltus/plan/plan.hpp>
#include <saltus/runtime/inputs.hpp>

#include "backend/program.hpp"

namespace saltus {

/// A dataset checked against a plan and ready for its batches.
struct BoundData {
    std::vector<InputView> inputs;
    std::vector<TargetView> targets;
    std::size_t num_examples = 0;
    /// Keeps what was put on the grid, and views of values, alive.
    std::vector<std::shared_ptr<const GridSpikes>> owned;
    std::vector<std::shared_ptr<const NumberView>> owned_views;
    std::vector<std::shared_ptr<const SpikeTrains>> owned_trains;
};

/// Checks inputs and labels against a plan; spike trains are put on the grid.
/// @param labels empty for a run without labels.
/// @throws ModelError naming the population and both figures that disagree.
BoundData bind_data(const Plan& plan, const Inputs& inputs, const Labels& labels,
                    const Losses& losses);

}  // namespace saltus
