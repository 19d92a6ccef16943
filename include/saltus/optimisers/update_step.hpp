#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include <saltus/optimisers/optimiser.hpp>

namespace saltus {

/// The formula of an update; the names are those of the optimisers' headers.
enum class UpdateRule : std::uint8_t {
    kAdam,     ///< Adam and AdamW
    kSgd,      ///< w -= alpha m
    kNesterov  ///< w -= alpha (d + momentum m)
};

/// The numbers of one update, plain so that kernels take it: for every parameter w with gradient g
///
///     kAdam             m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
///                       w = w - shrink w - alpha (scale_m m) / (sqrt(scale_v v) + epsilon)
///     kSgd, kNesterov   d = g + decay w,  m = momentum m + d,  w = w - alpha m or
///                       w = w - alpha (d + momentum m); without momentum m is left alone
struct UpdateStep {
    UpdateRule rule = UpdateRule::kAdam;
    double alpha = 0.0;  ///< the learning rate, as it is scheduled
    double beta1 = 0.0;
    double beta2 = 0.0;
    double epsilon = 0.0;
    double scale_m = 1.0;  ///< 1 / (1 - beta1^(n+1))
    double scale_v = 1.0;  ///< 1 / (1 - beta2^(n+1))
    double shrink = 0.0;   ///< decoupled weight decay: part of w that goes
    double momentum = 0.0;
    double decay = 0.0;  ///< weight decay within the gradient
    /// Of gradients, before anything else.
    double gradient_factor = 1.0;
    /// Bound of the norm of all gradients together, which are scaled down to it.
    double clip_norm = std::numeric_limits<double>::infinity();
    /// Then: bound of the magnitude of each gradient.
    double clip_value = std::numeric_limits<double>::infinity();

    bool clips_norm() const { return clip_norm != std::numeric_limits<double>::infinity(); }
    bool clips_value() const { return clip_value != std::numeric_limits<double>::infinity(); }
    /// The same update of parameters that are kept `scale` times as large, with the gradients by
    /// the unscaled ones.
    UpdateStep scaled(double scale) const;
};

/// Bounds of gradients; none without a value.
struct GradientClip {
    /// Of the Euclidean norm of the gradients by all weights together: they are scaled down to it.
    /// R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
    /// networks", ICML 2013.
    std::optional<double> norm = {};
    /// Of the magnitude of the gradient by each weight, after that.
    std::optional<double> value = {};

    /// @param where what messages name: the compiler.
    /// @throws ModelError for a bound that is not a positive number.
    void check(const char* where) const;
};

/// @param updates the number of updates made before this one.
/// @param factor of the learning rate, as a schedule gives it.
UpdateStep update_step(const Optimiser& optimiser, std::uint64_t updates, double factor = 1.0,
                       const GradientClip& clip = {});

}  // namespace saltus
