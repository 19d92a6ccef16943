// Updates other than Adam's, and what is done to gradients before them.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "common/aligned_allocator.hpp"
#include "kernels/cpu/update.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

using Floats = std::vector<float, AlignedAllocator<float>>;

constexpr float kNone = std::numeric_limits<float>::infinity();
constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

/// One weight after updates with these gradients, from 1.
double updated(const Optimiser& optimiser, const std::vector<double>& gradients) {
    Floats weight(32, 1.0F);
    Floats m(32, 0.0F);
    Floats v(32, 0.0F);
    for (std::size_t n = 0; n < gradients.size(); ++n) {
        const Floats gradient(32, static_cast<float>(gradients[n]));
        kernels::update(update_step(optimiser, n), 32, gradient.data(), m.data(), v.data(),
                        weight.data());
    }
    EXPECT_EQ(weight, Floats(32, weight[0]));
    return weight[0];
}

// By hand: d = g, m = d, w -= alpha m.
TEST(Update, GradientDescentFollowsTheKnownWeights) {
    EXPECT_NEAR(updated(Sgd{.alpha = 0.1}, {0.5, -0.2}), 1.0 - 0.05 + 0.02, 1e-7);
    // m = 0.5, then 0.5 * 0.5 - 0.2.
    EXPECT_NEAR(updated(Sgd{.alpha = 0.1, .momentum = 0.5}, {0.5, -0.2}),
                1.0 - 0.1 * 0.5 - 0.1 * 0.05, 1e-7);
    // d + 0.5 m: 0.75, then -0.2 + 0.5 * 0.05.
    EXPECT_NEAR(updated(Sgd{.alpha = 0.1, .momentum = 0.5, .nesterov = true}, {0.5, -0.2}),
                1.0 - 0.1 * 0.75 + 0.1 * 0.175, 1e-7);
    EXPECT_NEAR(updated(Sgd{.alpha = 0.1, .weight_decay = 0.5}, {0.5}), 1.0 - 0.1 * 1.0, 1e-7);
}

// Adam's first step is alpha against the sign of the gradient; the decay comes beside it.
TEST(Update, AdamWDecaysApartFromTheGradient) {
    for (const double gradient : {1e-3, 1.0, 1e3}) {
        EXPECT_NEAR(updated(AdamW{.alpha = 0.1, .weight_decay = 0.5}, {gradient}), 1.0 - 0.05 - 0.1,
                    1e-6);
    }
    EXPECT_EQ(updated(AdamW{.alpha = 0.01, .weight_decay = 0.0}, {0.5, 0.1, -2.0}),
              updated(Adam{.alpha = 0.01}, {0.5, 0.1, -2.0}));
}

TEST(Update, OfLargerUnitsIsTheSame) {
    const double scale = 0.25;
    for (const Optimiser& optimiser :
         {Optimiser(Adam{.alpha = 0.1}), Optimiser(AdamW{.alpha = 0.1}),
          Optimiser(Sgd{.alpha = 0.1, .momentum = 0.5, .nesterov = true, .weight_decay = 0.1})}) {
        Floats weight(16, 2.0F);
        Floats scaled(16, 0.5F);
        Floats m(16, 0.0F);
        Floats v(16, 0.0F);
        Floats other_m = m;
        Floats other_v = v;
        const Floats gradient(16, 0.5F);
        const UpdateStep step = update_step(optimiser, 0);
        kernels::update(step, 16, gradient.data(), m.data(), v.data(), weight.data());
        kernels::update(step.scaled(scale), 16, gradient.data(), other_m.data(), other_v.data(),
                        scaled.data());
        EXPECT_NEAR(scaled[3], scale * weight[3], 1e-6) << optimiser_name(optimiser);
    }
}

// What would cross zero stops there on its own side of it, and bounds cut the rest.
TEST(Update, KeepsWeightsInTheirRange) {
    const Floats before{0.5F, -0.5F, 0.0F, -0.0F, 0.5F, -0.5F, 0.0F, -0.0F,
                        0.5F, -0.5F, 2.0F, -2.0F, 0.0F, 0.0F,  0.0F, 0.0F};
    const Floats gradient{1.0F, -1.0F, 1.0F, -1.0F, -1.0F, 1.0F, -1.0F, 1.0F,
                          0.0F, 0.0F,  0.0F, 0.0F,  0.0F,  0.0F, 0.0F,  0.0F};
    const auto updated = [&](const kernels::WeightRange& range) {
        Floats weight = before;
        Floats m(16, 0.0F);
        Floats v(16, 0.0F);
        kernels::update(update_step(Sgd{.alpha = 1.0}, 0), 16, gradient.data(), m.data(), v.data(),
                        weight.data(), range);
        return weight;
    };
    const Floats kept = updated({.keeps_sign = true});
    EXPECT_EQ(kept, (Floats{0.0F, -0.0F, 0.0F, -0.0F, 1.5F, -1.5F, 1.0F, -1.0F, 0.5F, -0.5F, 2.0F,
                            -2.0F, 0.0F, 0.0F, 0.0F, 0.0F}));
    for (std::size_t k = 0; k < before.size(); ++k)
        EXPECT_EQ(std::signbit(kept[k]), std::signbit(before[k])) << k;
    const Floats cut = updated({.lower = -0.75F, .upper = 1.25F, .keeps_sign = true});
    EXPECT_EQ(cut, (Floats{0.0F, -0.0F, 0.0F, -0.0F, 1.25F, -0.75F, 1.0F, -0.75F, 0.5F, -0.5F,
                           1.25F, -0.75F, 0.0F, 0.0F, 0.0F, 0.0F}));
    const Floats free = updated({.lower = -0.75F});
    EXPECT_EQ(free[0], -0.5F);
    EXPECT_EQ(free[5], -0.75F);
}

TEST(Update, GradientsAreScaledThenClipped) {
    Floats gradient{1.0F, -2.0F, 3.0F, -4.0F, 0.0F, 0.5F, 8.0F, -8.0F,
                    1.0F, 1.0F,  1.0F, 1.0F,  1.0F, 1.0F, 1.0F, 1.0F};
    Floats clipped = gradient;
    kernels::scale_and_clip(0.5F, 1.75F, 16, clipped.data());
    EXPECT_EQ(Floats(clipped.begin(), clipped.begin() + 8),
              (Floats{0.5F, -1.0F, 1.5F, -1.75F, 0.0F, 0.25F, 1.75F, -1.75F}));
    kernels::scale_and_clip(2.0F, kNone, 16, gradient.data());
    EXPECT_EQ(gradient[7], -16.0F);
}

TEST(Update, FindsWhatIsNoNumberOrTooGreatAnywhere) {
    for (const std::size_t count : {16, 48, 1040}) {
        Floats values(count, -1e17F);
        ASSERT_TRUE(kernels::are_within(1e17F, count, values.data()));
        for (std::size_t at = 0; at < count; ++at) {
            for (const float bad : {kNone, -kNone, kNoNumber, -kNoNumber, 1.1e17F}) {
                values[at] = bad;
                EXPECT_FALSE(kernels::are_within(1e17F, count, values.data())) << bad << at;
            }
            values[at] = 0.0F;
        }
    }
}

TEST(Update, SumsSquaresInDoublePrecision) {
    Floats values(64, 1e25F);
    EXPECT_NEAR(kernels::sum_squares(values.data(), 64) / 64e50, 1.0, 1e-6);
    for (std::size_t count = 0; count <= 64; ++count) {
        double expected = 0.0;
        for (std::size_t k = 0; k < count; ++k) {
            values[k] = static_cast<float>(k) - 20.0F;
            expected += static_cast<double>(values[k]) * static_cast<double>(values[k]);
        }
        EXPECT_EQ(kernels::sum_squares(values.data(), count), expected) << count;
    }
}

}  // namespace
}  // namespace saltus::test
