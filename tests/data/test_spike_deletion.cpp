#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/grid_spikes.hpp>

#include <saltus/common/random.hpp>
#include "data/errors_of.hpp"

namespace saltus {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kNumSteps = 20;
constexpr std::size_t kNumSpikes = 400;

/// One example in which every neuron spikes once, so that a spike is known by its neuron; neuron n
/// spikes in step n % 15, and its offset tells the neuron, too.
GridSpikes one_spike_a_neuron(bool has_offsets) {
    SpikeList list;
    for (std::uint32_t step = 0; step < kNumSteps; ++step) {
        list.step_begin.push_back(static_cast<std::uint32_t>(list.neurons.size()));
        for (std::uint32_t neuron = step; step < 15 && neuron < kNumSpikes; neuron += 15) {
            list.neurons.push_back(neuron);
            if (has_offsets) list.offsets.push_back(static_cast<float>(neuron) / kNumSpikes);
        }
    }
    list.step_begin.push_back(kNumSpikes);
    GridSpikes spikes(kNumSpikes, kNumSteps, 1.0);
    spikes.append(list);
    return spikes;
}

RandomStream dropout_stream() {
    return RandomStream(11, RandomPurpose::kInputDropout, 2);
}

TEST(SpikeDeletion, KeepsStepsOrderAndOffsetsOfTheRest) {
    const GridSpikes spikes = one_spike_a_neuron(true);
    SpikeList list;
    for (std::uint64_t draw = 0; draw < 200; ++draw) {
        spikes.unpack(0, static_cast<double>(draw) / 200.0, dropout_stream(), draw, list);
        ASSERT_EQ(list.step_begin.size(), kNumSteps + 1);
        ASSERT_EQ(list.step_begin.front(), 0U);
        ASSERT_EQ(list.step_begin.back(), list.neurons.size());
        ASSERT_EQ(list.offsets.size(), list.neurons.size());
        for (std::size_t step = 0; step < kNumSteps; ++step) {
            ASSERT_LE(list.step_begin[step], list.step_begin[step + 1]);
            for (std::size_t i = list.step_begin[step]; i < list.step_begin[step + 1]; ++i) {
                ASSERT_EQ(list.neurons[i] % 15, step);
                ASSERT_EQ(list.offsets[i], static_cast<float>(list.neurons[i]) / kNumSpikes);
                const bool is_first = i == list.step_begin[step];
                ASSERT_TRUE(is_first || list.neurons[i - 1] < list.neurons[i]) << "a duplicate";
            }
        }
    }
}

TEST(SpikeDeletion, IsAFunctionOfStreamAndDraw) {
    const GridSpikes spikes = one_spike_a_neuron(false);
    SpikeList first;
    SpikeList second;
    spikes.unpack(0, 0.3, dropout_stream(), 5, first);
    spikes.unpack(0, 0.8, dropout_stream(), 6, second);
    spikes.unpack(0, 0.3, dropout_stream(), 5, second);
    EXPECT_EQ(first.neurons, second.neurons);
    EXPECT_EQ(first.step_begin, second.step_begin);
    spikes.unpack(0, 0.3, dropout_stream(), 6, second);
    EXPECT_NE(first.neurons, second.neurons);
    spikes.unpack(0, 0.3, RandomStream(12, RandomPurpose::kInputDropout, 2), 5, second);
    EXPECT_NE(first.neurons, second.neurons);
}

TEST(SpikeDeletion, DeletesEverySpikeAtTheSameRate) {
    constexpr int kDraws = 4000;
    const GridSpikes spikes = one_spike_a_neuron(false);
    SpikeList list;
    for (const double probability : {0.01, 0.25, 0.9}) {
        std::vector<int> kept(kNumSpikes);
        std::size_t sum = 0;
        double pairs = 0.0;
        for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
            spikes.unpack(0, probability, dropout_stream(), draw, list);
            for (const std::uint32_t neuron : list.neurons)
                ++kept[neuron];
            sum += list.neurons.size();
            pairs += std::pow(
                static_cast<double>(list.neurons.size()) - (1.0 - probability) * kNumSpikes, 2.0);
        }
        const double variance = probability * (1.0 - probability);
        const double rate = static_cast<double>(sum) / (kDraws * kNumSpikes);
        EXPECT_NEAR(rate, 1.0 - probability, 5.0 * std::sqrt(variance / (kDraws * kNumSpikes)));
        // Independent deletions make a binomial number of spikes; its variance scatters by 2 %.
        EXPECT_NEAR(pairs / kDraws / (variance * kNumSpikes), 1.0, 0.12);
        const auto [least, most] = std::minmax_element(kept.begin(), kept.end());
        const double deviation = std::sqrt(variance * kDraws);
        EXPECT_GT(*least, (1.0 - probability) * kDraws - 5.5 * deviation);
        EXPECT_LT(*most, (1.0 - probability) * kDraws + 5.5 * deviation);
    }
}

TEST(SpikeDeletion, HoldsAtTheEnds) {
    const GridSpikes spikes = one_spike_a_neuron(true);
    SpikeList whole;
    spikes.unpack(0, whole);
    SpikeList list;
    const double denormal = std::numeric_limits<double>::denorm_min();
    for (const double probability : {0.0, denormal, 1e-300, 1e-12}) {
        spikes.unpack(0, probability, dropout_stream(), 1, list);
        EXPECT_EQ(list.neurons, whole.neurons);
        EXPECT_EQ(list.step_begin, whole.step_begin);
        EXPECT_EQ(list.offsets, whole.offsets);
    }
    spikes.unpack(0, 1.0, dropout_stream(), 1, list);
    EXPECT_THAT(list.neurons, IsEmpty());
    EXPECT_THAT(list.offsets, IsEmpty());
    EXPECT_THAT(list.step_begin, Each(0U));
    EXPECT_EQ(list.step_begin.size(), kNumSteps + 1);

    GridSpikes silent(3, 2, 1.0);
    silent.append({.step_begin = {0, 0, 0}, .neurons = {}, .offsets = {}});
    silent.unpack(0, 0.5, dropout_stream(), 1, list);
    EXPECT_THAT(list.neurons, IsEmpty());
}

TEST(SpikeDeletion, NamesAProbabilityThatIsNone) {
    const GridSpikes spikes = one_spike_a_neuron(false);
    SpikeList list;
    for (const double probability : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_THAT(model_error([&] { spikes.unpack(0, probability, dropout_stream(), 0, list); }),
                    HasSubstr("give a number between 0 (keep all) and 1 (delete all)"));
    }
    EXPECT_THAT(model_error([&] { spikes.unpack(0, 1.5, dropout_stream(), 0, list); }),
                HasSubstr("spikes cannot be deleted with probability 1.5"));
}

}  // namespace
}  // namespace saltus
