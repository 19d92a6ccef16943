#include <cmath>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/optimisers/update_step.hpp>

namespace saltus {
namespace {

void require(const char* where, bool valid, const char* name, double value, const char* range) {
    if (valid) return;
    throw ModelError(where, fmt::format("{} is {:g}", name, value),
                     fmt::format("give a number {}", range))
        .with("parameter", name);
}

void require_not_negative(const char* where, const char* name, double value) {
    require(where, std::isfinite(value) && value >= 0.0, name, value, "of at least 0");
}

void require_decay(const char* where, const char* name, double value) {
    require(where, value >= 0.0 && value < 1.0, name, value, "in [0, 1)");
}

/// What Adam and AdamW have in common.
template <class AnyAdam>
void check_adam(const char* where, const AnyAdam& adam) {
    require_not_negative(where, "alpha", adam.alpha);
    require_decay(where, "beta1", adam.beta1);
    require_decay(where, "beta2", adam.beta2);
    require(where, std::isfinite(adam.epsilon) && adam.epsilon > 0.0, "epsilon", adam.epsilon,
            "greater than 0");
}

void require_bound(const char* where, const char* name, const std::optional<double>& bound) {
    if (!bound) return;
    require(where, std::isfinite(*bound) && *bound > 0.0, name, *bound,
            "greater than 0, or none for no bound");
}

}  // namespace

void Adam::check() const {
    check_adam("Adam", *this);
}

void AdamW::check() const {
    check_adam("AdamW", *this);
    require_not_negative("AdamW", "weight_decay", weight_decay);
    // Beyond, weights would change their sign with every update.
    require("AdamW", alpha * weight_decay < 1.0, "weight_decay", weight_decay,
            "whose product with alpha is below 1");
}

void Sgd::check() const {
    require_not_negative("SGD", "alpha", alpha);
    require_decay("SGD", "momentum", momentum);
    require_not_negative("SGD", "weight_decay", weight_decay);
    if (nesterov && momentum == 0.0) {
        throw ModelError("SGD", "nesterov looks ahead along a momentum of 0",
                         "give a momentum, such as 0.9, or leave nesterov out")
            .with("parameter", "nesterov");
    }
}

void GradientClip::check(const char* where) const {
    require_bound(where, "clip_norm", norm);
    require_bound(where, "clip_value", value);
}

}  // namespace saltus
