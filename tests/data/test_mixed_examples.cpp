#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/mixed_examples.hpp>

#include "data/errors_of.hpp"

namespace saltus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Sizes = std::vector<std::size_t>;
using Numbers = std::vector<double>;

Sizes shares(const Numbers& proportions, std::size_t num_examples) {
    const Sizes sizes(proportions.size(), 5);
    Sizes counts;
    for (const auto& examples : mixed_examples(sizes, proportions, num_examples, 0, 0))
        counts.push_back(examples.size());
    return counts;
}

TEST(MixedExamples, AddUpInTheirProportions) {
    EXPECT_THAT(shares({3.0, 1.0}, 100), ElementsAre(75, 25));
    EXPECT_THAT(shares({1.0, 1.0, 1.0}, 100), ElementsAre(34, 33, 33));
    EXPECT_THAT(shares({0.5, 0.0, 0.1}, 7), ElementsAre(6, 0, 1));
    EXPECT_THAT(shares({1e-300, 1e300}, 3), ElementsAre(0, 3));
    EXPECT_THAT(shares({1.0}, 0), ElementsAre(0));
}

TEST(MixedExamples, NoneComesAgainBeforeAllOthers) {
    const Sizes sizes = {7, 7};
    std::vector<std::uint32_t> seen;
    std::vector<std::uint32_t> seen_of_other;
    for (std::size_t epoch = 0; epoch < 21; ++epoch) {
        const auto chosen = mixed_examples(sizes, Numbers{2.0, 1.0}, 15, 4, epoch);
        EXPECT_EQ(chosen, mixed_examples(sizes, Numbers{2.0, 1.0}, 15, 4, epoch));
        seen.insert(seen.end(), chosen[0].begin(), chosen[0].end());
        seen_of_other.insert(seen_of_other.end(), chosen[1].begin(), chosen[1].end());
    }
    ASSERT_EQ(seen.size(), 210U);
    for (std::size_t round = 0; round < 30; ++round) {
        const auto begin = seen.begin() + static_cast<std::ptrdiff_t>(7 * round);
        std::vector<std::uint32_t> once(begin, begin + 7);
        std::ranges::sort(once);
        EXPECT_THAT(once, ElementsAre(0, 1, 2, 3, 4, 5, 6));
    }
    // Data sets of one size have orders of their own, and so have rounds and seeds.
    EXPECT_FALSE(std::equal(seen.begin(), seen.begin() + 14, seen_of_other.begin()));
    EXPECT_FALSE(std::equal(seen.begin(), seen.begin() + 7, seen.begin() + 7));
    EXPECT_NE(mixed_examples(sizes, Numbers{2.0, 1.0}, 15, 5, 0)[0],
              mixed_examples(sizes, Numbers{2.0, 1.0}, 15, 4, 0)[0]);
}

SpikeDataset dataset_of(std::size_t examples, std::size_t neurons, std::int32_t label) {
    SpikeDataset dataset{{neurons}, SpikeTrains(neurons), {}};
    for (std::size_t example = 0; example < examples; ++example) {
        dataset.spikes.append(std::vector<Spike>{{0, static_cast<double>(100 * label + example)}});
        dataset.labels.push_back(label);
    }
    return dataset;
}

TEST(MixDatasets, TakesSpikesAndLabels) {
    const SpikeDataset one = dataset_of(4, 3, 1);
    const SpikeDataset two = dataset_of(2, 3, 2);
    const std::vector<const SpikeDataset*> both = {&one, &two};
    const SpikeDataset mixed = mix_datasets(both, Numbers{1.0, 1.0}, 6, 0, 0);
    EXPECT_EQ(mixed.shape, (Shape{3}));
    EXPECT_THAT(mixed.labels, ElementsAre(1, 1, 1, 2, 2, 2));
    for (std::size_t example = 0; example < 6; ++example)
        EXPECT_EQ(std::floor(mixed.spikes.times(example)[0] / 100.0), mixed.labels[example]);
}

TEST(MixDatasets, NamesWhatIsWrong) {
    const auto error = [](const Sizes& sizes, const Numbers& proportions) {
        return model_error([&] { mixed_examples(sizes, proportions, 4, 0, 0); });
    };
    EXPECT_THAT(error({1, 2}, {1.0}),
                HasSubstr("[mix_datasets] there are 2 data sets and 1 proportions"));
    EXPECT_THAT(error({1}, {-1.0}), HasSubstr("a proportion is -1"));
    EXPECT_THAT(error({1}, {NAN}), HasSubstr("a proportion is nan"));
    EXPECT_THAT(error({1}, {0.0}), HasSubstr("the sum of the proportions is 0"));
    EXPECT_THAT(error({}, {}), HasSubstr("the sum of the proportions is 0"));
    EXPECT_THAT(error({1, 0}, {1.0, 1.0}), HasSubstr("data set 1 has no examples"));
    const SpikeDataset one = dataset_of(4, 3, 1);
    const SpikeDataset two = dataset_of(2, 5, 2);
    const std::vector<const SpikeDataset*> both = {&one, &two};
    EXPECT_THAT(model_error([&] {
                    mix_datasets(both, Numbers{1.0, 1.0}, 6, 0, 0);
                }),
                HasSubstr("trains of 5 neurons cannot be added to those of 3"));
}

}  // namespace
}  // namespace saltus
