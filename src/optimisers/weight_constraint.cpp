#include <saltus/optimisers/weight_constraint.hpp>

#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

[[noreturn]] void refuse(const std::string& where, const std::string& problem,
                         const std::string& advice) {
    throw ModelError(where, problem, advice).with("parameter", "weight_constraints");
}

}  // namespace

NormOf norm_of_by_name(const std::string& name, const std::string& where) {
    if (name == "neuron") return NormOf::kNeuron;
    if (name == "connection") return NormOf::kConnection;
    refuse(where, fmt::format("the norm to bound is that of '{}'", name),
           suggest(name, {"neuron", "connection"}));
}

void WeightConstraint::check(const std::string& where) const {
    // Infinite on their own side for none; on the other no weight would be left.
    if (std::isnan(lower) || std::isnan(upper) || lower == kNone || upper == -kNone) {
        refuse(where, fmt::format("weights are to lie between {:g} and {:g}", lower, upper),
               "give finite numbers, or none for no bound");
    }
    // Backends keep weights as float32.
    constexpr double kGreatest = std::numeric_limits<float>::max();
    for (const double bound : {lower, upper}) {
        if (std::isinf(bound) || std::abs(bound) <= kGreatest) continue;
        refuse(where, fmt::format("a bound of weights is {:g}, which float32 cannot hold", bound),
               "give a number below 3e38, or none for no bound");
    }
    if (lower > upper) {
        refuse(where,
               fmt::format("the lower bound {:g} is above the upper bound {:g}", lower, upper),
               "give a lower bound that is not above the upper one");
    }
    if (!(max_norm > 0.0)) {
        refuse(where, fmt::format("max_norm is {:g}", max_norm),
               "give a number greater than 0, or none for no bound");
    }
    if (bounds_norm() && (lower > 0.0 || upper < 0.0)) {
        refuse(where,
               fmt::format("weights between {:g} and {:g} cannot be scaled down to max_norm {:g}",
                           lower, upper, max_norm),
               "give bounds that include 0, or leave max_norm out");
    }
}

}  // namespace saltus
