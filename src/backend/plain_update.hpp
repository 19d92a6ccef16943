#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <saltus/optimisers/update_step.hpp>

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

/// One update of all weights of a connection, one after the other: what backends without a kernel
/// of their own do.
template <class T>
void update_plainly(const UpdateStep& step, const std::vector<T>& gradients, std::vector<T>& m,
                    std::vector<T>& v, std::vector<T>& weights) {
    const bool is_adam = step.rule == UpdateRule::kAdam;
    const auto factor = static_cast<T>(step.gradient_factor);
    const auto bound = static_cast<T>(step.clip_value);
    for (std::size_t k = 0; k < weights.size(); ++k) {
        const T gradient = std::clamp(static_cast<T>(factor * gradients[k]), -bound, bound);
        if (is_adam) {
            update_adam(step, gradient, m[k], v[k], weights[k]);
        } else {
            descend(step, gradient, m[k], weights[k]);
        }
    }
}

}  // namespace saltus
