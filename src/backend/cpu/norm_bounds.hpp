#pragma once

#include <cstdint>
#include <vector>

#include "backend/cpu/arrival_sort.hpp"
#include "backend/cpu/bound_plan.hpp"
#include "backend/cpu/split_columns.hpp"

namespace saltus {

/// Scales weights down whose norm has become too great. A norm runs over rows, of which updates see
/// a few at a time, so that it needs a pass of its own. Squares are added in the order of rows
/// however a plan is cut.
class NormBounds {
  public:
    NormBounds(const Plan& original, const SplitPlan& split, BoundPlan& bound);

    /// Takes over the groups of a connection whose synapses have been replaced.
    void regroup(std::size_t original);
    void apply(const ParallelFor& parallel_for);

  private:
    /// A connection whose norms are bounded.
    struct Limited {
        std::size_t original = 0;
        double max_norm = 0.0;
        bool is_whole = false;  ///< one norm for all weights
        bool is_matrix = false;
        /// Of weights that are no matrix: the norm that each takes part in.
        std::vector<std::uint32_t> groups;
        std::vector<double> squares;  ///< by column or group
        std::vector<float> factors;
    };
    /// Some columns of a connection.
    struct Task {
        std::size_t limited;
        std::size_t first;
        std::size_t count;
    };

    template <class Visit>
    void for_each_run(const Limited& limited, const Task& task, const Visit& visit);
    void find_factors(Limited& limited) const;

    const SplitPlan& split_;
    BoundPlan& bound_;
    std::vector<Limited> limited_;
    std::vector<Task> tasks_;
};

}  // namespace saltus
