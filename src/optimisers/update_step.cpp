#include <saltus/optimisers/update_step.hpp>

#include <cmath>

namespace saltus {
namespace {

/// What Adam and AdamW have in common.
template <class AnyAdam>
UpdateStep adam_step(const AnyAdam& adam, std::uint64_t updates, double factor) {
    const double number = static_cast<double>(updates) + 1.0;
    UpdateStep step;
    step.alpha = factor * adam.alpha;
    step.beta1 = adam.beta1;
    step.beta2 = adam.beta2;
    step.epsilon = adam.epsilon;
    step.scale_m = 1.0 / (1.0 - std::pow(adam.beta1, number));
    step.scale_v = 1.0 / (1.0 - std::pow(adam.beta2, number));
    return step;
}

UpdateStep step_of(const Adam& adam, std::uint64_t updates, double factor) {
    return adam_step(adam, updates, factor);
}

UpdateStep step_of(const AdamW& adam, std::uint64_t updates, double factor) {
    UpdateStep step = adam_step(adam, updates, factor);
    step.shrink = step.alpha * adam.weight_decay;
    return step;
}

UpdateStep step_of(const Sgd& sgd, std::uint64_t /*updates*/, double factor) {
    UpdateStep step;
    step.rule = sgd.nesterov ? UpdateRule::kNesterov : UpdateRule::kSgd;
    step.alpha = factor * sgd.alpha;
    step.momentum = sgd.momentum;
    step.decay = sgd.weight_decay;
    return step;
}

}  // namespace

UpdateStep UpdateStep::scaled(double scale) const {
    UpdateStep larger = *this;
    larger.alpha *= scale;
    // It multiplies weights, which are larger by as much.
    larger.decay /= scale;
    return larger;
}

UpdateStep update_step(const Optimiser& optimiser, std::uint64_t updates, double factor,
                       const GradientClip& clip) {
    UpdateStep step =
        std::visit([&](const auto& kind) { return step_of(kind, updates, factor); }, optimiser);
    if (clip.norm) step.clip_norm = *clip.norm;
    if (clip.value) step.clip_value = *clip.value;
    return step;
}

}  // namespace saltus
