#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "connectivity/random_rows.hpp"
#include "connectivity/random_words.hpp"
#include "connectivity/sparse_case.hpp"

namespace saltus::test {
namespace {

using Targets = std::vector<std::uint32_t>;

Targets targets_of(const RandomRows& rows, std::size_t pre) {
    Targets post;
    rows.targets(pre, post);
    return post;
}

/// The rule of FixedProbability, one gap after the other.
Targets by_the_rule(const RandomStream& stream, std::size_t pre, std::size_t num_post, double p,
                    bool skips_self) {
    Targets post;
    const double scale = -1.0 / log_of_complement(p);
    std::uint64_t next = 0;
    for (std::size_t k = 0;; ++k) {
        std::array<std::uint32_t, 4> gaps{};
        random_gaps(stream, pre, k / 4 * 4, scale, static_cast<std::uint32_t>(num_post), gaps);
        next += gaps[k % 4];
        if (next >= num_post) return post;
        if (!skips_self || next != pre) post.push_back(static_cast<std::uint32_t>(next));
        ++next;
    }
}

TEST(FixedProbabilityRows, FollowTheRule) {
    std::mt19937_64 generator(1);
    for (int trial = 0; trial < 60; ++trial) {
        const std::size_t size = 1 + generator() % (trial % 2 ? 50 : 5000);
        const double p = std::pow(10.0, -3.0 * static_cast<double>(generator() % 1000) / 1000.0);
        const bool skips_self = generator() % 2 == 0;
        const RandomStream stream = row_stream(generator());
        const FixedProbabilityRows rows(size, size, p < 1.0 ? p : 0.5, skips_self, stream);
        for (int row = 0; row < 10; ++row) {
            const std::size_t pre = generator() % size;
            ASSERT_EQ(targets_of(rows, pre),
                      by_the_rule(stream, pre, size, p < 1.0 ? p : 0.5, skips_self))
                << "size " << size << " p " << p;
        }
    }
}

TEST(FixedProbabilityRows, ConnectEveryPairWithTheirProbability) {
    constexpr std::size_t kPre = 40;
    constexpr std::size_t kPost = 50;
    constexpr std::size_t kTrials = 4000;
    for (const double p : {0.02, 0.3, 0.85}) {
        for (const bool skips_self : {false, true}) {
            std::vector<std::size_t> hits(kPre * kPost);
            for (std::size_t trial = 0; trial < kTrials; ++trial) {
                const FixedProbabilityRows rows(kPre, kPost, p, skips_self, row_stream(trial));
                for (std::size_t pre = 0; pre < kPre; ++pre) {
                    const Targets post = targets_of(rows, pre);
                    ASSERT_TRUE(std::is_sorted(post.begin(), post.end()));
                    for (const std::uint32_t target : post)
                        ++hits[pre * kPost + target];
                }
            }
            if (skips_self) {
                for (std::size_t neuron = kPre; neuron-- > 0;) {
                    ASSERT_EQ(hits[neuron * kPost + neuron], 0U);
                    hits.erase(hits.begin() + static_cast<std::ptrdiff_t>(neuron * kPost + neuron));
                }
            }
            // Binomial counts vary by 1 - p of what Pearson's statistic takes for their variance.
            double statistic = 0.0;
            for (const std::size_t count : hits) {
                const double off = static_cast<double>(count) - p * kTrials;
                statistic += off * off / (kTrials * p * (1.0 - p));
            }
            const auto freedom = static_cast<double>(hits.size());
            EXPECT_NEAR(statistic, freedom, 4.0 * std::sqrt(2.0 * freedom)) << p << skips_self;
        }
    }
}

TEST(FixedProbabilityRows, RowLengthsAreBinomial) {
    constexpr std::size_t kPre = 20000;
    constexpr std::size_t kPost = 100000;
    const double p = 0.001;
    const FixedProbabilityRows rows(kPre, kPost, p, false, row_stream(5));
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t pre = 0; pre < kPre; ++pre) {
        const auto length = static_cast<double>(targets_of(rows, pre).size());
        sum += length;
        squares += length * length;
    }
    const double mean = sum / kPre;
    const double variance = squares / kPre - mean * mean;
    EXPECT_NEAR(mean, 100.0, 4.0 * std::sqrt(100.0 / kPre));
    EXPECT_NEAR(variance / (100.0 * (1.0 - p)), 1.0, 4.0 * std::sqrt(2.0 / kPre));
}

TEST(FixedProbabilityRows, NoneAndAll) {
    const FixedProbabilityRows none(3, 4, 0.0, false, row_stream(1));
    const FixedProbabilityRows all(6, 4, 1.0, false, row_stream(1));
    const FixedProbabilityRows others(6, 4, 1.0, true, row_stream(1));
    EXPECT_EQ(targets_of(none, 1), Targets{});
    EXPECT_EQ(targets_of(all, 1), (Targets{0, 1, 2, 3}));
    EXPECT_EQ(targets_of(others, 1), (Targets{0, 2, 3}));
    EXPECT_EQ(targets_of(others, 5), (Targets{0, 1, 2, 3}));
    // So rare and so frequent that probabilities nearly round to 0 and 1.
    EXPECT_EQ(targets_of(FixedProbabilityRows(3, 4, 1e-300, false, row_stream(1)), 1), Targets{});
    EXPECT_EQ(targets_of(FixedProbabilityRows(3, 4, 1.0 - 0x1p-53, false, row_stream(1)), 1),
              (Targets{0, 1, 2, 3}));
}

TEST(FixedNumberPostRows, TargetsAreUniform) {
    constexpr std::size_t kSize = 30;
    constexpr std::size_t kNumber = 7;
    for (const bool skips_self : {false, true}) {
        std::vector<std::size_t> hits(kSize * kSize);
        constexpr std::size_t kTrials = 3000;
        for (std::size_t trial = 0; trial < kTrials; ++trial) {
            const FixedNumberPostRows rows(kSize, kSize, kNumber, skips_self, row_stream(trial));
            for (std::size_t pre = 0; pre < kSize; ++pre) {
                const Targets post = targets_of(rows, pre);
                ASSERT_EQ(post.size(), kNumber);
                for (const std::uint32_t target : post)
                    ++hits.at(pre * kSize + target);
            }
        }
        if (skips_self) {
            for (std::size_t neuron = kSize; neuron-- > 0;) {
                ASSERT_EQ(hits[neuron * kSize + neuron], 0U);
                hits.erase(hits.begin() + static_cast<std::ptrdiff_t>(neuron * kSize + neuron));
            }
        }
        const double each = static_cast<double>(kNumber * kTrials) /
                            static_cast<double>(skips_self ? kSize - 1 : kSize);
        EXPECT_LT(std::fabs(excess_of_chi_square(hits, each)), 4.0);
    }
}

TEST(RandomRows, AreFunctionsOfSeedAndNeuron) {
    std::mt19937_64 generator(6);
    for (int trial = 0; trial < 20; ++trial) {
        const std::size_t size = 2 + generator() % 400;
        const std::uint64_t seed = generator();
        const FixedProbabilityRows drawn(size, size, 0.2, true, row_stream(seed));
        const FixedNumberPostRows numbered(size, size, 9, true, row_stream(seed));
        const OneToOneRows pairs(size);
        for (const RandomRows* rows :
             {static_cast<const RandomRows*>(&drawn), static_cast<const RandomRows*>(&numbered),
              static_cast<const RandomRows*>(&pairs)}) {
            std::vector<Targets> in_order(size);
            for (std::size_t pre = 0; pre < size; ++pre)
                in_order[pre] = targets_of(*rows, pre);
            // Into a vector that holds another row, in another order, with names.
            Targets post;
            std::vector<RowSynapse> synapses;
            for (int again = 0; again < 50; ++again) {
                const std::size_t pre = generator() % size;
                rows->targets(pre, post);
                ASSERT_EQ(post, in_order[pre]);
                rows->row(pre, synapses);
                ASSERT_EQ(synapses.size(), post.size());
                for (std::size_t slot = 0; slot < post.size(); ++slot) {
                    ASSERT_EQ(synapses[slot].post, post[slot]);
                    ASSERT_EQ(synapses[slot].element, rows->element(pre, slot, post[slot]));
                }
            }
        }
        const FixedProbabilityRows other(size, size, 0.2, true, row_stream(seed + 1));
        EXPECT_TRUE(size < 20 || targets_of(other, 1) != targets_of(drawn, 1) ||
                    targets_of(other, 0) != targets_of(drawn, 0));
    }
}

TEST(RandomRows, ElementsDiffer) {
    const FixedProbabilityRows drawn(50, 60, 0.5, false, row_stream(3));
    const FixedNumberPostRows numbered(50, 60, 100, false, row_stream(3));
    const OneToOneRows pairs(50);
    for (const RandomRows* rows :
         {static_cast<const RandomRows*>(&drawn), static_cast<const RandomRows*>(&numbered),
          static_cast<const RandomRows*>(&pairs)}) {
        EXPECT_FALSE(rows->num_elements().has_value());
        std::set<std::uint64_t> seen;
        std::size_t count = 0;
        std::vector<RowSynapse> synapses;
        for (std::size_t pre = 0; pre < rows->num_pre(); ++pre) {
            rows->row(pre, synapses);
            for (const RowSynapse& synapse : synapses)
                seen.insert(synapse.element);
            count += synapses.size();
        }
        EXPECT_EQ(seen.size(), count);
    }
}

}  // namespace
}  // namespace saltus::test
