#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/latency_encoder.hpp>
#include <saltus/data/spike_transforms.hpp>

#include "data/errors_of.hpp"

namespace saltus {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Transforms = std::vector<std::shared_ptr<const SpikeTransform>>;

constexpr std::size_t kExamples = 400;

/// Examples with one spike of a neuron in the middle of (5, 7, 2), at 50 ms.
SpikeTrains single_spikes(std::size_t examples = kExamples) {
    SpikeTrains trains(70);
    for (std::size_t example = 0; example < examples; ++example)
        trains.append(std::vector<Spike>{{(2 * 7 + 3) * 2 + 1, 50.0}});
    return trains;
}

/// Random examples of 10 neurons and about 60 spikes up to 100 ms.
SpikeTrains random_trains(std::size_t examples) {
    SpikeTrains trains(10);
    for (std::size_t example = 0; example < examples; ++example) {
        ExampleRandom random(99, 0, example, 0);
        std::vector<Spike> spikes(40 + random.below(40));
        for (Spike& spike : spikes)
            spike = {static_cast<std::uint32_t>(random.below(10)), 100.0 * random.uniform()};
        trains.append(spikes);
    }
    return trains;
}

bool are_equal(const SpikeTrains& a, const SpikeTrains& b) {
    if (a.num_examples() != b.num_examples() || a.num_neurons() != b.num_neurons()) return false;
    for (std::size_t example = 0; example < a.num_examples(); ++example) {
        if (!std::ranges::equal(a.times(example), b.times(example)) ||
            !std::ranges::equal(a.neurons(example), b.neurons(example)))
            return false;
    }
    return true;
}

SpikeTrains varied(const SpikeTrains& trains, std::shared_ptr<const SpikeTransform> transform,
                   std::size_t epoch = 0, std::uint64_t seed = 1) {
    return SpikeAugmentation({std::move(transform)}, seed).apply(trains, {}, epoch);
}

TEST(Augmentation, WithoutTransformsIsACopy) {
    const SpikeTrains trains = random_trains(70);
    EXPECT_TRUE(are_equal(SpikeAugmentation({}).apply(trains, {}, 3), trains));
    EXPECT_EQ(SpikeAugmentation({}).apply(SpikeTrains(3), {}, 0).num_examples(), 0U);
}

TEST(Augmentation, DependsOnSeedEpochAndExampleAlone) {
    const SpikeTrains trains = random_trains(100);
    const std::vector<std::int32_t> labels(100, 0);
    const Transforms all = {std::make_shared<BlendExamples>(Shape{10}, 1),
                            std::make_shared<ShiftNeurons>(Shape{10}, std::vector<std::size_t>{2}),
                            std::make_shared<ShiftTime>(5.0),
                            std::make_shared<JitterTime>(1.0),
                            std::make_shared<DeleteSpikes>(0.2),
                            std::make_shared<AddSpikes>(5.0, 100.0)};
    const SpikeTrains once = SpikeAugmentation(all, 5).apply(trains, labels, 2, 1);
    EXPECT_TRUE(are_equal(once, SpikeAugmentation(all, 5).apply(trains, labels, 2, 4)));
    EXPECT_FALSE(are_equal(once, SpikeAugmentation(all, 6).apply(trains, labels, 2, 1)));
    EXPECT_FALSE(are_equal(once, SpikeAugmentation(all, 5).apply(trains, labels, 3, 1)));
    // An example is the same among fewer others, where nothing looks at the others.
    const Transforms own(all.begin() + 1, all.end());
    SpikeTrains first_ones(10);
    for (std::size_t example = 0; example < 10; ++example)
        first_ones.append(trains.times(example), trains.neurons(example));
    const SpikeTrains few = SpikeAugmentation(own, 5).apply(first_ones, {}, 2);
    const SpikeTrains many = SpikeAugmentation(own, 5).apply(trains, {}, 2);
    for (std::size_t example = 0; example < 10; ++example)
        EXPECT_TRUE(std::ranges::equal(few.times(example), many.times(example)));
}

TEST(Augmentation, EqualTransformsInAListDrawDifferentNumbers) {
    const auto shift = std::make_shared<ShiftTime>(5.0);
    const SpikeTrains once = varied(single_spikes(), shift);
    const SpikeTrains twice = SpikeAugmentation({shift, shift}, 1).apply(single_spikes(), {}, 0);
    std::size_t doubled = 0;
    for (std::size_t example = 0; example < kExamples; ++example) {
        const double first = once.times(example)[0] - 50.0;
        const double second = twice.times(example)[0] - 50.0 - first;
        doubled += std::fabs(first - second) < 1e-9 ? 1 : 0;
    }
    EXPECT_EQ(doubled, 0U);
}

TEST(Augmentation, SpikesAtTheEndAreDeleted) {
    SpikeTrains trains(2);
    trains.append(std::vector<Spike>{{0, 9.99}, {1, 10.0}, {0, 11.0}});
    EXPECT_THAT(SpikeAugmentation({}, 0, 10.0).apply(trains, {}, 0).times(0), ElementsAre(9.99));
}

TEST(ShiftNeurons, EachShiftIsAsLikelyAndShapesAreKept) {
    const SpikeTrains shifted =
        varied(single_spikes(),
               std::make_shared<ShiftNeurons>(Shape{5, 7, 2}, std::vector<std::size_t>{1, 3}));
    std::map<std::uint32_t, int> counts;
    for (std::size_t example = 0; example < kExamples; ++example) {
        ASSERT_EQ(shifted.num_spikes(example), 1U);
        ++counts[shifted.neurons(example)[0]];
        EXPECT_EQ(shifted.times(example)[0], 50.0);
    }
    // 3 x 7 places, all of polarity 1, each about 19 times of 400.
    EXPECT_EQ(counts.size(), 21U);
    for (const auto& [neuron, count] : counts) {
        EXPECT_EQ(neuron % 2, 1U);
        EXPECT_NEAR(neuron / 14, 2, 1);
        EXPECT_GT(count, 3);
        EXPECT_LT(count, 45);
    }
}

TEST(ShiftNeurons, SpikesThatLeaveAreDeletedAndNoneComesBackElsewhere) {
    SpikeTrains trains(4);
    for (int example = 0; example < 100; ++example)
        trains.append(std::vector<Spike>{{0, 1.0}, {1, 2.0}, {2, 3.0}, {3, 4.0}});
    // Rows and columns of two each: a column that leaves must not come back in the next row.
    const SpikeTrains shifted =
        varied(trains, std::make_shared<ShiftNeurons>(Shape{2, 2}, std::vector<std::size_t>{0, 1}));
    std::set<std::vector<std::uint32_t>> seen;
    for (std::size_t example = 0; example < 100; ++example) {
        const auto neurons = shifted.neurons(example);
        seen.insert({neurons.begin(), neurons.end()});
    }
    EXPECT_EQ(seen, (std::set<std::vector<std::uint32_t>>{{0, 1, 2, 3}, {1, 3}, {0, 2}}));
}

TEST(MirrorNeurons, HalfOfTheExamplesAreMirroredAlongTheAxisAlone) {
    SpikeTrains trains(2 * 3 * 2);
    // Row 1, column 0, polarity 1, and the middle column, which stays where it is.
    for (std::size_t example = 0; example < kExamples; ++example)
        trains.append(std::vector<Spike>{{7, 3.0}, {3, 5.0}});
    const SpikeTrains mirrored =
        varied(trains, std::make_shared<MirrorNeurons>(Shape{2, 3, 2}, std::size_t{1}));
    std::map<std::vector<std::uint32_t>, int> counts;
    for (std::size_t example = 0; example < kExamples; ++example) {
        const auto neurons = mirrored.neurons(example);
        ++counts[{neurons.begin(), neurons.end()}];
        EXPECT_EQ(mirrored.times(example)[0], 3.0);
    }
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_NEAR((counts[{7, 3}]), kExamples / 2, kExamples / 8);
    EXPECT_GT((counts[{11, 3}]), 0);
    const SpikeTrains rows =
        varied(trains, std::make_shared<MirrorNeurons>(Shape{2, 3, 2}, std::size_t{0}, 1.0));
    EXPECT_TRUE(std::ranges::equal(rows.neurons(0), std::vector<std::uint32_t>{1, 9}));
}

TEST(Augmentation, PixelsMoveLikeTheirSpikes) {
    ImageDataset images{Shape{4, 5}, 50, {}, std::vector<std::int32_t>(50, 1)};
    ExampleRandom random(4, 0, 0, 0);
    for (std::size_t k = 0; k < 50 * 20; ++k)
        images.pixels.push_back(static_cast<std::uint8_t>(random.below(256)));
    const Transforms moves{
        std::make_shared<ShiftNeurons>(Shape{4, 5}, std::vector<std::size_t>{1, 2}),
        std::make_shared<MirrorNeurons>(Shape{4, 5}, std::size_t{1})};
    const SpikeAugmentation augmentation(moves, 3);
    EXPECT_TRUE(augmentation.only_moves());
    const LatencyEncoder encoder = LatencyEncoder::linear(10.0, 1.0, 1);
    const SpikeTrains spikes = encoder.encode(images);
    for (const int threads : {1, 3}) {
        const ImageDataset moved = augmentation.apply(images, 6, threads);
        EXPECT_TRUE(are_equal(encoder.encode(moved), augmentation.apply(spikes, {}, 6)));
        EXPECT_NE(moved.pixels, images.pixels);
        EXPECT_EQ(moved.labels, images.labels);
    }
    const SpikeAugmentation jitter({std::make_shared<JitterTime>(1.0)});
    EXPECT_FALSE(jitter.only_moves());
    EXPECT_THROW(jitter.apply(images, 0), ModelError);
}

TEST(ShiftTime, IsUniformAndTheSameForAllSpikes) {
    SpikeTrains trains(1);
    for (std::size_t example = 0; example < kExamples; ++example)
        trains.append(std::vector<Spike>{{0, 3.0}, {0, 50.0}, {0, 60.0}});
    const SpikeTrains shifted = varied(trains, std::make_shared<ShiftTime>(5.0));
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t example = 0; example < kExamples; ++example) {
        const auto times = shifted.times(example);
        const double shift = times.back() - 60.0;
        EXPECT_NEAR(times[times.size() - 2] - 50.0, shift, 1e-9);
        // Before the start there is no time.
        EXPECT_EQ(times.size(), shift < -3.0 ? 2U : 3U);
        EXPECT_LE(std::fabs(shift), 5.0);
        sum += shift;
        squares += shift * shift;
    }
    EXPECT_NEAR(sum / kExamples, 0.0, 0.6);
    EXPECT_NEAR(squares / kExamples, 25.0 / 3.0, 1.3);
}

TEST(JitterTime, HasItsStandardDeviationAndReflectsAtTheStart) {
    const SpikeTrains moved = varied(single_spikes(), std::make_shared<JitterTime>(2.0));
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t example = 0; example < kExamples; ++example) {
        const double shift = moved.times(example)[0] - 50.0;
        sum += shift;
        squares += shift * shift;
    }
    EXPECT_NEAR(sum / kExamples, 0.0, 0.4);
    EXPECT_NEAR(std::sqrt(squares / kExamples), 2.0, 0.25);
    SpikeTrains early(1);
    early.append(std::vector<Spike>(500, {0, 0.1}));
    const SpikeTrains reflected = varied(early, std::make_shared<JitterTime>(2.0));
    EXPECT_EQ(reflected.num_spikes(0), 500U);
    EXPECT_THAT(reflected.times(0), Each(testing::Ge(0.0)));
}

TEST(DeleteSpikes, KeepsTheExpectedNumberAndNoneOrAll) {
    SpikeTrains trains(1);
    trains.append(std::vector<Spike>(10000, {0, 1.0}));
    const auto left = [&](double probability) {
        return varied(trains, std::make_shared<DeleteSpikes>(probability)).num_spikes();
    };
    EXPECT_EQ(left(0.0), 10000U);
    EXPECT_EQ(left(1.0), 0U);
    EXPECT_NEAR(static_cast<double>(left(0.3)), 7000.0, 5.0 * 46.0);
}

TEST(AddSpikes, AddsAPoissonNumberOfAnywhereAndAnytime) {
    SpikeTrains trains(10);
    for (std::size_t example = 0; example < kExamples; ++example)
        trains.append(std::vector<Spike>{});
    const SpikeTrains noisy = varied(trains, std::make_shared<AddSpikes>(30.0, 80.0));
    double sum = 0.0;
    double squares = 0.0;
    std::vector<int> by_neuron(10);
    for (std::size_t example = 0; example < kExamples; ++example) {
        const auto count = static_cast<double>(noisy.num_spikes(example));
        sum += count;
        squares += count * count;
        for (const std::uint32_t neuron : noisy.neurons(example))
            ++by_neuron[neuron];
        for (const double time : noisy.times(example))
            EXPECT_TRUE(time >= 0.0 && time < 80.0);
    }
    const double mean = sum / kExamples;
    EXPECT_NEAR(mean, 30.0, 5.0 * std::sqrt(30.0 / kExamples));
    EXPECT_NEAR(squares / kExamples - mean * mean, 30.0, 10.0);
    for (const int count : by_neuron)
        EXPECT_NEAR(count, 1200, 175);
    // Far above what one product of uniform numbers can hold.
    ExampleRandom random(1, 0, 0, 0);
    EXPECT_NEAR(static_cast<double>(random.poisson(1e6)), 1e6, 5e3);
    EXPECT_EQ(random.poisson(0.0), 0U);
}

TEST(BlendExamples, MixesExamplesOfAClassHalfAndHalf) {
    // Two classes; spikes of example 0 and 1 meet halfway, at neuron 4 and 30 ms.
    SpikeTrains trains(10);
    const auto add = [&](std::uint32_t neuron, double time) {
        trains.append(std::vector<Spike>(1000, {neuron, time}));
    };
    add(2, 20.0);
    add(6, 40.0);
    add(9, 90.0);
    const SpikeTrains blended =
        SpikeAugmentation({std::make_shared<BlendExamples>(Shape{10}, 1)}, 3)
            .apply(trains, std::vector<std::int32_t>{0, 0, 1}, 0);
    for (const std::size_t example : {0U, 1U}) {
        EXPECT_THAT(blended.neurons(example), Each(4U));
        EXPECT_THAT(blended.times(example), Each(testing::DoubleNear(30.0, 1e-9)));
        EXPECT_NEAR(static_cast<double>(blended.num_spikes(example)), 1000.0, 5.0 * 23.0);
    }
    // Alone in its class, it stays as it is.
    EXPECT_EQ(blended.num_spikes(2), 1000U);
    EXPECT_THAT(blended.times(2), Each(90.0));
}

TEST(BlendExamples, AlignsPlacesAndNotPolarities) {
    SpikeTrains trains(2 * 3 * 2);
    trains.append(std::vector<Spike>(200, {(0 * 3 + 0) * 2 + 0, 1.0}));
    trains.append(std::vector<Spike>(200, {(0 * 3 + 2) * 2 + 1, 1.0}));
    const SpikeTrains blended =
        SpikeAugmentation({std::make_shared<BlendExamples>(Shape{2, 3, 2}, 2)}, 3)
            .apply(trains, std::vector<std::int32_t>{0, 0}, 0);
    const auto neurons = blended.neurons(0);
    // Column 1 of both polarities.
    EXPECT_EQ(std::set<std::uint32_t>(neurons.begin(), neurons.end()),
              (std::set<std::uint32_t>{2, 3}));
}

TEST(BlendExamples, ChoosesAllOthersOfTheClassAndHasAProbability) {
    SpikeTrains trains(50);
    std::vector<std::int32_t> labels;
    for (std::uint32_t example = 0; example < 5; ++example) {
        trains.append(std::vector<Spike>(60, {10 * example, 1.0}));
        labels.push_back(0);
    }
    const SpikeAugmentation blend({std::make_shared<BlendExamples>(Shape{50}, 0)}, 2);
    std::set<std::uint32_t> partners;
    for (std::size_t epoch = 0; epoch < 60; ++epoch) {
        const SpikeTrains blended = blend.apply(trains, labels, epoch);
        for (const std::uint32_t neuron : blended.neurons(2))
            partners.insert(neuron);
    }
    EXPECT_EQ(partners, (std::set<std::uint32_t>{0, 10, 20, 30, 40}));
    const SpikeAugmentation never({std::make_shared<BlendExamples>(Shape{50}, 1, 0.0)}, 2);
    EXPECT_TRUE(are_equal(never.apply(trains, labels, 0), trains));
}

TEST(Augmentation, NamesWhatIsWrong) {
    using Sizes = std::vector<std::size_t>;
    EXPECT_THAT(model_error([] { ShiftNeurons({}, Sizes{}); }), HasSubstr("its shape is ()"));
    EXPECT_THAT(model_error([] {
                    ShiftNeurons({3, 4}, Sizes{1, 1, 1});
                }),
                HasSubstr("[ShiftNeurons] max_shift has 3 numbers for the shape (3, 4)"));
    EXPECT_THAT(model_error([] {
                    ShiftNeurons({3, 4}, Sizes{0, 4});
                }),
                HasSubstr("max_shift is 4 along axis 1, which has 4 neurons"));
    EXPECT_THAT(model_error([] { ShiftTime(-1.0); }), HasSubstr("[ShiftTime] max_shift is -1 ms"));
    EXPECT_THAT(model_error([] { JitterTime(NAN); }), HasSubstr("[JitterTime] sd is nan ms"));
    EXPECT_THAT(model_error([] { DeleteSpikes(1.5); }),
                HasSubstr("[DeleteSpikes] probability is 1.5; give a number from 0 to 1"));
    EXPECT_THAT(model_error([] { AddSpikes(-1.0, 5.0); }), HasSubstr("mean_spikes is -1"));
    EXPECT_THAT(model_error([] { AddSpikes(1e9, 5.0); }), HasSubstr("from 0 to 10000000"));
    EXPECT_THAT(model_error([] { AddSpikes(1.0, 0.0); }), HasSubstr("duration is 0 ms"));
    EXPECT_THAT(model_error([] { BlendExamples({10}, 2); }),
                HasSubstr("num_aligned_axes is 2, but the shape is (10,)"));
    EXPECT_THAT(model_error([] { BlendExamples({10}, 1, -0.5); }),
                HasSubstr("probability is -0.5"));
    EXPECT_THAT(model_error([] { SpikeAugmentation({nullptr}); }), HasSubstr("transform is null"));
    EXPECT_THAT(model_error([] { SpikeAugmentation({}, 0, 0.0); }), HasSubstr("duration is 0 ms"));
    EXPECT_THAT(model_error([] { SpikeAugmentation(Transforms(257)); }),
                HasSubstr("there are 257 transforms; give at most 256"));
}

TEST(Augmentation, NamesWhatDoesNotFit) {
    const auto blend = std::make_shared<BlendExamples>(Shape{70}, 1);
    const auto apply = [&](std::vector<std::int32_t> labels) {
        return model_error([&] { SpikeAugmentation({blend}).apply(single_spikes(3), labels, 0); });
    };
    EXPECT_THAT(apply({0, 1}), HasSubstr("there are 2 labels for 3 examples"));
    EXPECT_THAT(apply({0, -1, 0}), HasSubstr("example 1 has label -1; give classes"));
    EXPECT_THAT(apply({0, 2000000000, 0}), HasSubstr("example 1 has label 2000000000"));
    EXPECT_THAT(apply({}), HasSubstr("[BlendExamples] it was given no labels"));
    EXPECT_THAT(model_error([&] {
                    varied(single_spikes(3), std::make_shared<ShiftNeurons>(
                                                 Shape{5, 7}, std::vector<std::size_t>{1}));
                }),
                HasSubstr("[ShiftNeurons] its shape (5, 7) has 35 neurons, but the spikes are of "
                          "70"));
}

}  // namespace
}  // namespace saltus
