#include "backend/delay_training.hpp"

#include <cmath>

#include "backend/plain_update.hpp"

namespace saltus {

DelayTraining::DelayTraining(const Plan& plan)
    : states_(plan.connections.size()),
      names_(plan.connections.size()),
      bounds_(plan.connections.size()) {
    for (std::size_t index = 0; index < plan.connections.size(); ++index) {
        const auto& learned = plan.connections[index].learned_delay;
        if (!learned) continue;
        connections_.push_back(index);
        const std::vector<double> zeros(learned->initial.size(), 0.0);
        states_[index] = {learned->initial, zeros, {zeros, zeros}};
        names_[index] = learned->name();
        bounds_[index].lower = learned->lower;
        bounds_[index].upper = learned->upper;
    }
}

void DelayTraining::watch(BatchResult& result) const {
    for (const std::size_t index : connections_) {
        if (!are_within<double>(kGreatestAdjoint<double>, states_[index].gradient))
            result.exploded_parameters.push_back(names_[index]);
    }
}

void DelayTraining::update(const UpdateStep& step, std::size_t connection, std::size_t first,
                           std::size_t count) {
    ParameterState& own = states_[connection];
    const auto some = [&](std::vector<double>& values) {
        return std::span<double>(values).subspan(first, count);
    };
    update_plainly<double>(step, some(own.gradient), some(own.moments.m), some(own.moments.v),
                           some(own.values), bounds_[connection]);
}

void DelayTraining::update(const UpdateStep& step) {
    for (const std::size_t index : connections_)
        update(step, index, 0, states_[index].values.size());
}

std::uint32_t DelayTraining::steps_of(double delay) {
    return static_cast<std::uint32_t>(std::round(delay));
}

std::vector<std::uint32_t> DelayTraining::steps(std::size_t connection) const {
    std::vector<std::uint32_t> steps;
    steps.reserve(states_[connection].values.size());
    for (const double delay : states_[connection].values)
        steps.push_back(steps_of(delay));
    return steps;
}

}  // namespace saltus
