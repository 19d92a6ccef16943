#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <saltus/plan/plan.hpp>

#include "plan/rewiring.hpp"

namespace saltus {

/// What a backend keeps of each synapse of a connection, in the order of the synapses.
template <class Values>
struct SynapseValues {
    Values& weights;
    Values& gradients;
    Values& m;
    Values& v;
};

/// What Deep-R does around the updates of one connection's weights, whatever the backend. The sign
/// that a weight must keep is its own: zeros, with which synapses begin, have one, too.
template <class Values>
class DeepRStep {
  public:
    /// @param connection one that is rewired.
    DeepRStep(const Plan& plan, std::size_t connection)
        : plan_(*plan.connections[connection].rewiring),
          connection_(connection),
          stream_(plan.seed, RandomPurpose::kRewiring, static_cast<std::uint32_t>(connection)) {}

    std::size_t connection() const { return connection_; }

    /// Before an update: adds the pull to zero to the gradients.
    /// @param scale by which weights are kept greater than they are.
    void begin(const SynapseTable& table, double scale, const SynapseValues<Values>& values) {
        using T = typename Values::value_type;
        const T pull = static_cast<T>(plan_.l1_strength / scale);
        was_negative_.resize(table.num_synapses());
        for (std::size_t k = 0; k < was_negative_.size(); ++k) {
            const T weight = values.weights[k];
            was_negative_[k] = std::signbit(weight);
            values.gradients[k] += std::copysign(pull, weight);
        }
    }

    /// After it: replaces the synapses whose weights have crossed zero.
    /// @param update number of updates before.
    Rewired finish(const SynapseTable& table, std::uint64_t update,
                   const SynapseValues<Values>& values) {
        using T = typename Values::value_type;
        Values& weights = values.weights;
        goes_.resize(table.num_synapses());
        for (std::size_t k = 0; k < goes_.size(); ++k) {
            // A sum that is zero has lost its sign.
            if (weights[k] == T(0)) weights[k] = zero_of_sign<T>(was_negative_[k]);
            goes_[k] = std::signbit(weights[k]) != was_negative_[k];
        }
        Rewired rewired = rewire(table, goes_, stream_, update, plan_.skips_self);
        for (Values* const moved : {&weights, &values.gradients, &values.m, &values.v})
            take_along(rewired, *moved);
        auto is_negative = rewired.is_negative.begin();
        for (std::size_t k = 0; k < rewired.from.size(); ++k) {
            if (rewired.from[k] == Rewired::kNew) weights[k] = zero_of_sign<T>(*is_negative++);
        }
        return rewired;
    }

  private:
    template <class T>
    static T zero_of_sign(bool is_negative) {
        return is_negative ? -T(0) : T(0);
    }

    RewiringPlan plan_;
    std::size_t connection_;
    RandomStream stream_;
    std::vector<bool> was_negative_;
    std::vector<bool> goes_;
};

/// One for each connection of a plan that is rewired.
template <class Values>
std::vector<DeepRStep<Values>> deep_r_steps(const Plan& plan) {
    std::vector<DeepRStep<Values>> steps;
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        if (plan.connections[index].rewiring) steps.emplace_back(plan, index);
    }
    return steps;
}

}  // namespace saltus
