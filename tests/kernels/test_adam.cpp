// The Adam update.
#include <gtest/gtest.h>

#include <cmath>

#include "common/aligned_allocator.hpp"
#include "kernels/cpu/update.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

using Floats = std::vector<float, AlignedAllocator<float>>;

TEST(Adam, StepHasTheBiasCorrections) {
    const UpdateStep first = update_step(Adam{}, 0);
    EXPECT_NEAR(first.scale_m, 10.0, 1e-12);
    EXPECT_NEAR(first.scale_v, 1000.0, 1e-9);
    const UpdateStep later = update_step(Adam{}, 9);
    EXPECT_DOUBLE_EQ(later.scale_m, 1.0 / (1.0 - std::pow(0.9, 10)));
    EXPECT_DOUBLE_EQ(later.scale_v, 1.0 / (1.0 - std::pow(0.999, 10)));
    EXPECT_EQ(later.alpha, 0.001);
}

// Three updates of one weight, computed by hand.
TEST(Adam, KernelFollowsTheKnownWeights) {
    Floats weight(16, 1.0F);
    Floats m(16, 0.0F);
    Floats v(16, 0.0F);
    const double gradients[] = {0.5, -0.2, 0.5};
    const double expected[] = {0.999000000, 0.998654394, 0.998023825};
    for (std::uint64_t step = 0; step < 3; ++step) {
        const Floats gradient(16, static_cast<float>(gradients[step]));
        kernels::update(update_step(Adam{}, step), 16, gradient.data(), m.data(), v.data(),
                        weight.data());
        for (const float value : weight)
            EXPECT_NEAR(value, expected[step], 1.5e-7) << step;
    }
}

TEST(Adam, KernelEqualsTheFormula) {
    Numbers numbers(1);
    for (const std::size_t count : {16, 48, 1040}) {
        Floats weight(count);
        Floats m(count, 0.0F);
        Floats v(count, 0.0F);
        std::vector<double> plain(count);
        std::vector<double> plain_m(count, 0.0);
        std::vector<double> plain_v(count, 0.0);
        for (std::size_t k = 0; k < count; ++k) {
            plain[k] = numbers.dyadic(0.0, 1.0);
            weight[k] = static_cast<float>(plain[k]);
        }
        const Adam adam{0.01, 0.8, 0.99, 1e-8};
        for (std::uint64_t n = 0; n < 20; ++n) {
            const UpdateStep step = update_step(adam, n);
            Floats gradient(count);
            for (std::size_t k = 0; k < count; ++k) {
                // From tiny to large, and none at all.
                const double scale = std::pow(10.0, -9.0 + static_cast<double>(k % 12));
                gradient[k] =
                    k % 13 == 5 ? 0.0F : static_cast<float>(scale * numbers.uniform(-1.0, 1.0));
                const double g = gradient[k];
                plain_m[k] = 0.8 * plain_m[k] + 0.2 * g;
                plain_v[k] = 0.99 * plain_v[k] + 0.01 * g * g;
                plain[k] -= 0.01 * plain_m[k] * step.scale_m /
                            (std::sqrt(plain_v[k] * step.scale_v) + 1e-8);
            }
            kernels::update(step, count, gradient.data(), m.data(), v.data(), weight.data());
            for (std::size_t k = 0; k < count; ++k) {
                ASSERT_NEAR(weight[k], plain[k], 4e-6) << "weight " << k << ", update " << n;
            }
        }
    }
}

// Weights without gradient stay; so do those of a learning rate of 0.
TEST(Adam, KernelLeavesWhatHasNoGradient) {
    Floats weight(16, 0.25F);
    Floats m(16, 0.0F);
    Floats v(16, 0.0F);
    const Floats zero(16, 0.0F);
    kernels::update(update_step(Adam{}, 0), 16, zero.data(), m.data(), v.data(), weight.data());
    EXPECT_EQ(weight, Floats(16, 0.25F));
    const Floats gradient(16, 1.0F);
    kernels::update(update_step(Adam{.alpha = 0.0}, 1), 16, gradient.data(), m.data(), v.data(),
                    weight.data());
    EXPECT_EQ(weight, Floats(16, 0.25F));
    EXPECT_GT(v[0], 0.0F);
}

}  // namespace
}  // namespace saltus::test
