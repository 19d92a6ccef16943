#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include <saltus/common/random.hpp>

namespace saltus {
namespace {

TEST(RandomStream, IsAFunctionOfSeedOwnerAndElement) {
    const RandomStream a(1, RandomPurpose::kWeights, 0);
    const RandomStream b(1, RandomPurpose::kWeights, 0);
    EXPECT_EQ(a.words(12345), b.words(12345));
    std::set<std::uint32_t> seen;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        for (std::uint32_t owner = 0; owner < 8; ++owner) {
            for (const auto purpose : {RandomPurpose::kWeights, RandomPurpose::kShuffle}) {
                seen.insert(RandomStream(seed, purpose, owner).words(7)[0]);
            }
        }
    }
    EXPECT_EQ(seen.size(), 128U);
}

TEST(RandomStream, DrawsAndElementsDoNotOverlap) {
    const RandomStream stream(42, RandomPurpose::kPoissonInput, 3);
    std::set<std::array<std::uint32_t, 4>> seen;
    for (std::uint64_t element = 0; element < 64; ++element) {
        for (std::uint64_t draw = 0; draw < 64; ++draw) {
            seen.insert(stream.words(element, draw));
        }
    }
    EXPECT_EQ(seen.size(), 64U * 64U);
}

TEST(RandomStream, NormalHasTheMomentsOfANormal) {
    const RandomStream stream(5, RandomPurpose::kWeights, 1);
    const int count = 200000;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < count; ++i) {
        const double x = stream.normal(static_cast<std::uint64_t>(i));
        ASSERT_TRUE(std::isfinite(x));
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / count, 0.0, 0.01);
    EXPECT_NEAR(squares / count, 1.0, 0.02);
}

TEST(RandomStream, UniformStaysInItsInterval) {
    EXPECT_GT(to_uniform(0), 0.0);
    EXPECT_EQ(to_uniform(0xFFFFFFFFU), 1.0);
}

}  // namespace
}  // namespace saltus
