#pragma once

#include <map>
#include <memory>
#include <string>

#include <saltus/network/loss.hpp>
#include <saltus/plan/plan.hpp>

namespace saltus {

using NamedLosses = std::map<std::string, std::shared_ptr<const Loss>>;

/// The losses of a compiler's options.
struct OutputLosses {
    std::string compiler;
    std::shared_ptr<const Loss> common;
    NamedLosses single;
    bool per_timestep = false;

    /// Whether the loss of a population may compare its output variable in every step.
    bool compares_steps(const std::string& population) const;
    /// The loss of every output of a plan.
    /// @throws ModelError for a loss of what is no output, or one that is null.
    NamedLosses of(const Plan& plan) const;
};

}  // namespace saltus
