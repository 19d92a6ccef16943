#include "kernels/cpu/update.hpp"

// Compiled once for each instruction set that Highway targets; the best is chosen when it runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/update.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saltus::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

/// Weights go where the update takes them.
struct Unbounded {
    V operator()(V /*before*/, V after) const { return after; }
};

/// Weights stay in a range.
class Bounded {
  public:
    explicit Bounded(const WeightRange& range)
        : lower_(hn::Set(D(), range.lower)),
          upper_(hn::Set(D(), range.upper)),
          // Without signs to keep, none is looked at, and nothing is below the floor.
          sign_(hn::Set(D(), range.keeps_sign ? -0.0F : 0.0F)),
          floor_(hn::Set(D(), range.keeps_sign ? 0.0F : -std::numeric_limits<float>::infinity())) {}

    HWY_INLINE V operator()(V before, V after) const {
        const V kept = hn::And(before, sign_);
        // What kept its sign is positive here; what crossed zero is not, and comes to zero.
        const V ahead = hn::Max(hn::Xor(after, kept), floor_);
        const V signed_again = hn::Or(hn::AndNot(sign_, ahead), kept);
        return hn::Min(hn::Max(signed_again, lower_), upper_);
    }

  private:
    V lower_;
    V upper_;
    V sign_;
    V floor_;
};

/// @tparam kShrinks whether weights decay, which others need not pay for.
template <bool kShrinks, class Range>
HWY_INLINE void adam(const UpdateStep& step, const Range& range, std::size_t count,
                     const float* HWY_RESTRICT gradient, float* HWY_RESTRICT m,
                     float* HWY_RESTRICT v, float* HWY_RESTRICT weight) {
    const D d;
    const auto set = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
    const V beta1 = set(step.beta1);
    const V rest1 = set(1.0 - step.beta1);
    const V beta2 = set(step.beta2);
    const V rest2 = set(1.0 - step.beta2);
    const V rate = set(step.alpha * step.scale_m);
    const V scale_v = set(step.scale_v);
    const V epsilon = set(step.epsilon);
    const V shrink = set(step.shrink);
    const V factor = set(step.gradient_factor);
    // Keeps the reciprocal square root finite; far below epsilon squared.
    const V tiny = set(1e-37);
    const V half = set(0.5);
    const V two = set(2.0);
    for (std::size_t at = 0; at < count; at += hn::Lanes(d)) {
        const V g = hn::Mul(factor, hn::Load(d, gradient + at));
        const V new_m = hn::MulAdd(beta1, hn::Load(d, m + at), hn::Mul(rest1, g));
        const V new_v = hn::MulAdd(beta2, hn::Load(d, v + at), hn::Mul(rest2, hn::Mul(g, g)));
        hn::Store(new_m, d, m + at);
        hn::Store(new_v, d, v + at);
        // Division and square root would take longer than the memory traffic: approximations with
        // one Newton step each, exact to about 2^-22.
        const V u = hn::MulAdd(new_v, scale_v, tiny);
        const V r = hn::ApproximateReciprocalSqrt(u);
        const V root = hn::Mul(u, r);
        const V rest = hn::NegMulAdd(root, root, u);
        const V denominator = hn::Add(hn::MulAdd(hn::Mul(half, r), rest, root), epsilon);
        V q = hn::ApproximateReciprocal(denominator);
        q = hn::Mul(q, hn::NegMulAdd(denominator, q, two));
        const V before = hn::Load(d, weight + at);
        V w = before;
        if constexpr (kShrinks) w = hn::NegMulAdd(shrink, w, w);
        w = hn::NegMulAdd(hn::Mul(rate, new_m), q, w);
        hn::Store(range(before, w), d, weight + at);
    }
}

/// Gradient descent.
template <bool kHasMomentum, class Range>
HWY_INLINE void descend(const UpdateStep& step, const Range& range, std::size_t count,
                        const float* HWY_RESTRICT gradient, float* HWY_RESTRICT m,
                        float* HWY_RESTRICT weight) {
    const D d;
    const auto set = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
    const V rate = set(step.alpha);
    const V momentum = set(step.momentum);
    const V decay = set(step.decay);
    const V factor = set(step.gradient_factor);
    const bool looks_ahead = step.rule == UpdateRule::kNesterov;
    for (std::size_t at = 0; at < count; at += hn::Lanes(d)) {
        const V w = hn::Load(d, weight + at);
        const V slope = hn::MulAdd(decay, w, hn::Mul(factor, hn::Load(d, gradient + at)));
        V direction = slope;
        if constexpr (kHasMomentum) {
            const V new_m = hn::MulAdd(momentum, hn::Load(d, m + at), slope);
            hn::Store(new_m, d, m + at);
            direction = looks_ahead ? hn::MulAdd(momentum, new_m, slope) : new_m;
        }
        hn::Store(range(w, hn::NegMulAdd(rate, direction, w)), d, weight + at);
    }
}

template <class Range>
HWY_INLINE void update_within(const UpdateStep& step, const Range& range, std::size_t count,
                              const float* gradient, float* m, float* v, float* weight) {
    if (step.rule != UpdateRule::kAdam) {
        if (step.momentum == 0.0) {
            descend<false>(step, range, count, gradient, m, weight);
        } else {
            descend<true>(step, range, count, gradient, m, weight);
        }
    } else if (step.shrink == 0.0) {
        adam<false>(step, range, count, gradient, m, v, weight);
    } else {
        adam<true>(step, range, count, gradient, m, v, weight);
    }
}

void update(const UpdateStep& step, std::size_t count, const float* gradient, float* m, float* v,
            float* weight, const WeightRange& range) {
    if (range.is_bounded()) {
        update_within(step, Bounded(range), count, gradient, m, v, weight);
    } else {
        update_within(step, Unbounded(), count, gradient, m, v, weight);
    }
}

void scale_and_clip(float factor, float bound, std::size_t count, float* gradient) {
    const D d;
    const V scale = hn::Set(d, factor);
    const V highest = hn::Set(d, bound);
    const V lowest = hn::Neg(highest);
    for (std::size_t at = 0; at < count; at += hn::Lanes(d)) {
        const V g = hn::Mul(scale, hn::Load(d, gradient + at));
        hn::Store(hn::Min(hn::Max(g, lowest), highest), d, gradient + at);
    }
}

double sum_squares(const float* values, std::size_t count) {
    // In float64, where squares neither overflow nor vanish.
    const hn::ScalableTag<double> d;
    const hn::Rebind<float, decltype(d)> half;
    const std::size_t lanes = hn::Lanes(d);
    auto sums = hn::Zero(d);
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes) {
        const auto value = hn::PromoteTo(d, hn::Load(half, values + at));
        sums = hn::MulAdd(value, value, sums);
    }
    double sum = hn::GetLane(hn::SumOfLanes(d, sums));
    for (; at < count; ++at)
        sum += static_cast<double>(values[at]) * static_cast<double>(values[at]);
    return sum;
}

bool are_within(float bound, std::size_t count, const float* values) {
    const D d;
    const hn::RebindToSigned<D> bits;
    // Without their signs, floats have the order of their bits as whole numbers; infinity and what
    // is no number come after all others. Two chains, so that loads do not wait for each other.
    auto even = hn::Zero(bits);
    auto odd = hn::Zero(bits);
    const std::size_t lanes = hn::Lanes(d);
    std::size_t at = 0;
    for (; at + 2 * lanes <= count; at += 2 * lanes) {
        even = hn::Max(even, hn::BitCast(bits, hn::Abs(hn::Load(d, values + at))));
        odd = hn::Max(odd, hn::BitCast(bits, hn::Abs(hn::Load(d, values + at + lanes))));
    }
    if (at < count) even = hn::Max(even, hn::BitCast(bits, hn::Abs(hn::Load(d, values + at))));
    const auto greatest = hn::Max(even, odd);
    return hn::AllFalse(bits, hn::Gt(greatest, hn::BitCast(bits, hn::Set(d, bound))));
}

}  // namespace saltus::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saltus::kernels {

HWY_EXPORT(update);
HWY_EXPORT(scale_and_clip);
HWY_EXPORT(sum_squares);
HWY_EXPORT(are_within);

void update(const UpdateStep& step, std::size_t count, const float* gradient, float* m, float* v,
            float* weight, const WeightRange& range) {
    HWY_DYNAMIC_DISPATCH(update)(step, count, gradient, m, v, weight, range);
}

void scale_and_clip(float factor, float bound, std::size_t count, float* gradient) {
    HWY_DYNAMIC_DISPATCH(scale_and_clip)(factor, bound, count, gradient);
}

double sum_squares(const float* values, std::size_t count) {
    return HWY_DYNAMIC_DISPATCH(sum_squares)(values, count);
}

bool are_within(float bound, std::size_t count, const float* values) {
    return HWY_DYNAMIC_DISPATCH(are_within)(bound, count, values);
}

}  // namespace saltus::kernels
#endif
