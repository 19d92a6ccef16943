#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <saltus/optimisers/update_step.hpp>
#include <saltus/optimisers/weight_constraint.hpp>

namespace saltus {

/// Adam and AdamW, of one weight.
template <class T>
void update_adam(const UpdateStep& step, T gradient, T& m, T& v, T& weight) {
    m = T(step.beta1) * m + T(1.0 - step.beta1) * gradient;
    v = T(step.beta2) * v + T(1.0 - step.beta2) * gradient * gradient;
    weight -= T(step.shrink) * weight;
    weight -=
        T(step.alpha) * m * T(step.scale_m) / (std::sqrt(v * T(step.scale_v)) + T(step.epsilon));
}

/// Gradient descent, of one weight.
template <class T>
void descend(const UpdateStep& step, T gradient, T& m, T& weight) {
    const T slope = gradient + T(step.decay) * weight;
    T direction = slope;
    if (step.momentum != 0.0) {
        m = T(step.momentum) * m + slope;
        direction = step.rule == UpdateRule::kNesterov ? slope + T(step.momentum) * m : m;
    }
    weight -= T(step.alpha) * direction;
}

/// A weight after an update as its constraint has it, but for norms.
template <class T>
T constrained(const WeightConstraint& constraint, T before, T after) {
    if (constraint.keeps_sign && std::signbit(after) != std::signbit(before))
        after = std::copysign(T(0), before);
    return std::min(std::max(after, T(constraint.lower)), T(constraint.upper));
}

/// Scales those weights down whose norm is too great.
/// @param groups which norm each takes part in.
/// @param slack by which part of the bound a norm may be greater.
template <class T>
void bound_norms(double max_norm, const std::vector<std::uint32_t>& groups, std::vector<T>& weights,
                 double slack = 0.0) {
    std::vector<double> squares;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (squares.size() <= groups[k]) squares.resize(groups[k] + 1, 0.0);
        squares[groups[k]] += static_cast<double>(weights[k]) * static_cast<double>(weights[k]);
    }
    for (std::size_t k = 0; k < weights.size(); ++k) {
        const double norm = std::sqrt(squares[groups[k]]);
        if (norm > max_norm * (1.0 + slack)) weights[k] *= T(max_norm / norm);
    }
}

/// One update of weights, one after the other: what backends without a kernel of their own do.
template <class T>
void update_plainly(const UpdateStep& step, std::span<const T> gradients, std::span<T> m,
                    std::span<T> v, std::span<T> weights, const WeightConstraint& constraint = {}) {
    const bool is_adam = step.rule == UpdateRule::kAdam;
    const auto factor = static_cast<T>(step.gradient_factor);
    const auto bound = static_cast<T>(step.clip_value);
    for (std::size_t k = 0; k < weights.size(); ++k) {
        const T gradient = std::clamp(static_cast<T>(factor * gradients[k]), -bound, bound);
        const T before = weights[k];
        if (is_adam) {
            update_adam(step, gradient, m[k], v[k], weights[k]);
        } else {
            descend(step, gradient, m[k], weights[k]);
        }
        weights[k] = constrained(constraint, before, weights[k]);
    }
}

/// The same of all weights of a connection.
template <class T>
void update_plainly(const UpdateStep& step, const std::vector<T>& gradients, std::vector<T>& m,
                    std::vector<T>& v, std::vector<T>& weights,
                    const WeightConstraint& constraint = {}) {
    update_plainly(step, std::span<const T>(gradients), std::span<T>(m), std::span<T>(v),
                   std::span<T>(weights), constraint);
}

}  // namespace saltus
