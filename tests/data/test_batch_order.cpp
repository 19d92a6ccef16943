#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/batch_order.hpp>
#include <saltus/data/split.hpp>

#include "data/errors_of.hpp"

namespace saltus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(BatchOrder, NaturalOrderCounts) {
    EXPECT_THAT(natural_order(0), IsEmpty());
    EXPECT_THAT(natural_order(3), ElementsAre(0, 1, 2));
    EXPECT_THAT(model_error([] { natural_order((std::size_t{1} << 32) + 1); }),
                HasSubstr("4294967297 examples are more than the 4294967296 that 32 bits can"));
}

TEST(BatchOrder, AShuffleIsAPermutation) {
    for (const std::size_t count : {0U, 1U, 2U, 3U, 100U, 4097U}) {
        for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
            std::vector<std::uint32_t> order = shuffled_order(count, 9, epoch);
            std::sort(order.begin(), order.end());
            EXPECT_EQ(order, natural_order(count));
        }
    }
}

TEST(BatchOrder, AShuffleDependsOnSeedAndEpochAlone) {
    EXPECT_EQ(shuffled_order(100, 1, 2), shuffled_order(100, 1, 2));
    std::set<std::vector<std::uint32_t>> orders;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        for (std::uint64_t epoch = 0; epoch < 8; ++epoch) {
            orders.insert(shuffled_order(100, seed, epoch));
        }
    }
    EXPECT_EQ(orders.size(), 64U);
}

TEST(BatchOrder, AShuffleIsTheSameOnEveryMachine) {
    EXPECT_THAT(shuffled_order(10, 1234, 5), ElementsAre(2, 7, 0, 5, 8, 9, 1, 6, 3, 4));
}

TEST(BatchOrder, EveryPermutationIsEquallyLikely) {
    constexpr int kDraws = 24000;
    std::vector<std::vector<std::uint32_t>> seen;
    for (std::uint64_t epoch = 0; epoch < kDraws; ++epoch) {
        seen.push_back(shuffled_order(4, 77, epoch));
    }
    std::sort(seen.begin(), seen.end());
    std::vector<std::uint32_t> order = natural_order(4);
    do {
        const auto [first, last] = std::equal_range(seen.begin(), seen.end(), order);
        // Expected 1000 of each with a deviation of 31.
        EXPECT_NEAR(static_cast<double>(last - first), 1000.0, 5 * 31.0);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Split, CountsTheTrainingExamples) {
    EXPECT_EQ(split_point(60000, 0.1), 54000U);
    EXPECT_EQ(split_point(10, 0.0), 10U);
    EXPECT_EQ(split_point(10, 1.0), 0U);
    EXPECT_EQ(split_point(0, 0.5), 0U);
    // Ties go to the even number, as in Python.
    EXPECT_EQ(split_point(5, 0.5), 2U);
    EXPECT_EQ(split_point(7, 0.5), 4U);
}

TEST(Split, NamesAFractionThatIsNone) {
    for (const double fraction : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_THAT(model_error([&] { split_point(10, fraction); }),
                    HasSubstr("give a number between 0 (no validation) and 1"));
    }
    EXPECT_THAT(model_error([] { split_point(10, 1.5); }),
                HasSubstr("[split_point] the validation fraction is 1.5"));
}

}  // namespace
}  // namespace saltus
