// Synapses that are replaced by others (Deep-R).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "plan/rewiring.hpp"
#include "support/numbers.hpp"

namespace saltus::test {
namespace {

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// A table of random synapses.
SynapseTable random_table(std::size_t num_pre, std::size_t num_post, double density,
                          Numbers& numbers) {
    SynapseTable table;
    table.num_pre = num_pre;
    table.num_post = num_post;
    table.post = IndexArray(num_post);
    table.row_begin.push_back(0);
    for (std::size_t pre = 0; pre < num_pre; ++pre) {
        for (std::size_t post = 0; post < num_post; ++post) {
            if (numbers.uniform(0.0, 1.0) < density)
                table.post.push_back(static_cast<std::uint32_t>(post));
        }
        table.row_begin.push_back(table.post.size());
    }
    table.num_weights = table.num_synapses();
    return table;
}

Pairs pairs_of(const SynapseTable& table) {
    Pairs pairs;
    for (std::size_t pre = 0; pre < table.num_pre; ++pre) {
        for (std::size_t k = table.row_begin[pre]; k < table.row_begin[pre + 1]; ++k)
            pairs.emplace_back(pre, table.post[k]);
    }
    return pairs;
}

const RandomStream kStream(7, RandomPurpose::kConnectivity, 3);

/// Rewires a table in place. @param goes by the number of a synapse.
Rewired replace(const std::function<bool(std::size_t)>& goes, const RandomStream& stream,
                std::uint64_t update, SynapseTable& table, bool skips_self = false) {
    std::vector<bool> going(table.num_synapses());
    for (std::size_t k = 0; k < going.size(); ++k)
        going[k] = goes(k);
    Rewired rewired = rewire(table, going, stream, update, skips_self);
    if (rewired.table) table = *rewired.table;
    return rewired;
}

TEST(Rewiring, KeepsTheNumberOfSynapsesInOrderWithoutTwoOfOnePair) {
    Numbers numbers(3);
    for (const double density : {0.02, 0.3, 0.9, 1.0}) {
        SynapseTable table = random_table(23, 17, density, numbers);
        const std::size_t count = table.num_synapses();
        for (std::uint64_t update = 0; update < 50; ++update) {
            const Pairs before = pairs_of(table);
            const Rewired rewired = replace([&](std::size_t k) { return (k + update) % 4 == 0; },
                                            kStream, update, table);
            const Pairs after = pairs_of(table);
            ASSERT_EQ(after.size(), count);
            ASSERT_EQ(table.row_begin.size(), 24U);
            ASSERT_TRUE(std::is_sorted(after.begin(), after.end()));
            ASSERT_EQ(std::set(after.begin(), after.end()).size(), count);
            ASSERT_EQ(rewired.from.size(), count);
            ASSERT_EQ(rewired.is_negative.size(), rewired.count);
            std::size_t kept = 0;
            for (std::size_t k = 0; k < count; ++k) {
                if (rewired.from[k] == Rewired::kNew) continue;
                ++kept;
                ASSERT_NE((rewired.from[k] + update) % 4, 0U);
                ASSERT_EQ(after[k], before[rewired.from[k]]);
            }
            ASSERT_EQ(kept + rewired.count, count);
        }
    }
}

TEST(Rewiring, OfNothingLeavesAllAsItIs) {
    Numbers numbers(3);
    SynapseTable table = random_table(5, 6, 0.5, numbers);
    const Pairs before = pairs_of(table);
    const Rewired rewired = replace([](std::size_t) { return false; }, kStream, 1, table);
    EXPECT_EQ(rewired.count, 0U);
    EXPECT_EQ(pairs_of(table), before);
    std::vector<double> values(before.size(), 2.5);
    take_along(rewired, values);
    EXPECT_EQ(values, std::vector<double>(before.size(), 2.5));
}

TEST(Rewiring, IsAFunctionOfSeedConnectionAndUpdate) {
    Numbers numbers(3);
    const SynapseTable first = random_table(20, 30, 0.2, numbers);
    const auto rewired = [&](const RandomStream& stream, std::uint64_t update) {
        SynapseTable table = first;
        replace([](std::size_t k) { return k % 3 == 0; }, stream, update, table);
        return pairs_of(table);
    };
    EXPECT_EQ(rewired(kStream, 5), rewired(kStream, 5));
    EXPECT_NE(rewired(kStream, 5), rewired(kStream, 6));
    EXPECT_NE(rewired(kStream, 5), rewired(RandomStream(8, RandomPurpose::kConnectivity, 3), 5));
    EXPECT_NE(rewired(kStream, 5), rewired(RandomStream(7, RandomPurpose::kConnectivity, 4), 5));
}

// 200 of 20 x 30 pairs go and come again 2000 times: each pair is chosen about as often.
TEST(Rewiring, DrawsAllFreePairsAlike) {
    Numbers numbers(3);
    const SynapseTable first = random_table(20, 30, 0.5, numbers);
    const std::size_t count = first.num_synapses();
    std::vector<double> chosen(600, 0.0);
    constexpr std::size_t kUpdates = 2000;
    for (std::uint64_t update = 0; update < kUpdates; ++update) {
        SynapseTable table = first;
        replace([](std::size_t) { return true; }, kStream, update, table);
        for (const auto& [pre, post] : pairs_of(table))
            chosen[pre * 30 + post] += 1.0;
    }
    const double p = static_cast<double>(count) / 600.0;
    const double mean = p * kUpdates;
    double chi_squared = 0.0;
    for (const double times : chosen)
        chi_squared += (times - mean) * (times - mean) / (mean * (1.0 - p));
    // 600 - 1 degrees of freedom: 599 +- 35, here within four standard deviations.
    EXPECT_NEAR(chi_squared, 599.0, 140.0);
}

TEST(Rewiring, TakesValuesAlongAndSignsArePairs) {
    Numbers numbers(3);
    SynapseTable table = random_table(12, 14, 0.4, numbers);
    std::map<std::pair<std::size_t, std::size_t>, bool> signs;
    std::size_t negative = 0;
    std::size_t total = 0;
    for (std::uint64_t update = 0; update < 100; ++update) {
        std::vector<float> values(table.num_synapses());
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = static_cast<float>(k + 1);
        const Rewired rewired = replace([&](std::size_t k) { return (k * 7 + update) % 5 == 0; },
                                        kStream, update, table);
        take_along(rewired, values);
        const Pairs pairs = pairs_of(table);
        auto sign = rewired.is_negative.begin();
        for (std::size_t k = 0; k < values.size(); ++k) {
            if (rewired.from[k] != Rewired::kNew) {
                EXPECT_EQ(values[k], static_cast<float>(rewired.from[k] + 1));
                continue;
            }
            EXPECT_EQ(values[k], 0.0F);
            const auto [known, is_first] = signs.emplace(pairs[k], *sign);
            EXPECT_EQ(known->second, *sign) << "another sign than before";
            negative += *sign ? 1 : 0;
            ++total;
            ++sign;
        }
    }
    EXPECT_NEAR(static_cast<double>(negative) / static_cast<double>(total), 0.5, 0.1);
}

TEST(Rewiring, CountsThoseThatReturn) {
    Numbers numbers(3);
    SynapseTable full = random_table(9, 7, 1.1, numbers);
    const Pairs all = pairs_of(full);
    for (std::uint64_t update = 0; update < 20; ++update) {
        const Rewired rewired =
            replace([&](std::size_t k) { return k % 5 == update % 5; }, kStream, update, full);
        EXPECT_GT(rewired.count, 10U);
        EXPECT_EQ(rewired.returned, rewired.count);
        EXPECT_EQ(pairs_of(full), all);
    }
    SynapseTable table = random_table(9, 7, 0.5, numbers);
    std::size_t returned = 0;
    for (std::uint64_t update = 0; update < 20; ++update) {
        const Pairs before = pairs_of(table);
        const auto goes = [&](std::size_t k) { return (k + update) % 3 == 0; };
        const Rewired rewired = replace(goes, kStream, update, table);
        const Pairs after = pairs_of(table);
        std::size_t expected = 0;
        for (std::size_t k = 0; k < before.size(); ++k) {
            if (goes(k) && std::binary_search(after.begin(), after.end(), before[k])) ++expected;
        }
        EXPECT_EQ(rewired.returned, expected);
        returned += expected;
    }
    EXPECT_GT(returned, 0U);
}

// Of 12 x 12 pairs without those of a number with itself, all but two are connected.
TEST(Rewiring, LeavesNeuronsUnconnectedToThemselves) {
    SynapseTable table;
    table.num_pre = table.num_post = 12;
    table.post = IndexArray(12);
    table.row_begin.push_back(0);
    for (std::uint32_t pre = 0; pre < 12; ++pre) {
        for (std::uint32_t post = 0; post < 12; ++post) {
            const bool left_out = pre * 12 + post == 5 || pre * 12 + post == 139;
            if (pre != post && !left_out) table.post.push_back(post);
        }
        table.row_begin.push_back(table.post.size());
    }
    table.num_weights = table.num_synapses();
    const std::size_t count = table.num_synapses();
    EXPECT_EQ(count, 130U);
    for (std::uint64_t update = 0; update < 200; ++update) {
        replace([&](std::size_t k) { return (k + update) % 7 == 0; }, kStream, update, table, true);
        const Pairs pairs = pairs_of(table);
        ASSERT_EQ(std::set(pairs.begin(), pairs.end()).size(), count);
        for (const auto& [pre, post] : pairs)
            ASSERT_NE(pre, post);
    }
}

}  // namespace
}  // namespace saltus::test
