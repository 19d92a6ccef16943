#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/grid_spikes.hpp>

#include "data/errors_of.hpp"

namespace saltus {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(GridStep, IsTheFirstStepNotBeforeTheSpike) {
    EXPECT_EQ(grid_step(0.0, 1.0), 0U);
    EXPECT_EQ(grid_step(0.001, 1.0), 1U);
    EXPECT_EQ(grid_step(1.0, 1.0), 1U);
    EXPECT_EQ(grid_step(1.5, 1.0), 2U);
    EXPECT_EQ(grid_step(2.0000001, 1.0), 2U) << "rounding error";
    EXPECT_EQ(grid_step(2.00001, 1.0), 3U);
    EXPECT_EQ(grid_step(0.5, 0.5), 1U);
    EXPECT_EQ(grid_step(0.75, 0.5), 2U);
    EXPECT_EQ(grid_step(1e300, 0.1), std::uint64_t{1} << 62);
}

TEST(GridStep, EveryGridTimeIsItsOwnStep) {
    for (const double dt : {1.0, 0.5, 0.1, 0.3, 1.0 / 3.0}) {
        double sum = 0.0;
        for (std::uint64_t step = 0; step < 100000; ++step) {
            const double product = static_cast<double>(step) * dt;
            ASSERT_EQ(grid_step(product, dt), step);
            ASSERT_EQ(grid_step(sum, dt), step) << "a sum of steps drifts, but not by that much";
            ASSERT_EQ(grid_step(product + 0.01 * dt, dt), step + 1);
            ASSERT_EQ(grid_step(product + 0.99 * dt, dt), step + 1);
            sum += dt;
        }
    }
}

/// Random trains with many spikes at equal times and several of one neuron within a step.
SpikeTrains random_trains(std::size_t num_neurons, double end, unsigned seed) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<double> time(0.0, end);
    std::uniform_int_distribution<std::uint32_t> neuron(
        0, static_cast<std::uint32_t>(num_neurons) - 1);
    SpikeTrains trains(num_neurons);
    for (int example = 0; example < 20; ++example) {
        std::vector<Spike> spikes(generator() % 300);
        for (Spike& spike : spikes) {
            const double at = time(generator);
            spike = {neuron(generator), generator() % 2 == 0 ? std::floor(at) : at};
        }
        trains.append(spikes);
    }
    return trains;
}

using Placed = std::tuple<std::size_t, std::uint32_t, double>;

/// Steps, neurons and exact times as the definition has them.
std::vector<Placed> place_plainly(const SpikeTrains& trains, std::size_t example, double dt) {
    std::vector<Placed> placed;
    for (std::size_t i = 0; i < trains.num_spikes(example); ++i) {
        const double time = trains.times(example)[i];
        placed.emplace_back(grid_step(time, dt), trains.neurons(example)[i], time);
    }
    std::sort(placed.begin(), placed.end());
    return placed;
}

class GridSpikesOnGrid : public ::testing::TestWithParam<std::tuple<double, std::size_t>> {};

TEST_P(GridSpikesOnGrid, KeepsEverySpikeInItsPlace) {
    const auto [dt, num_neurons] = GetParam();
    constexpr double kEnd = 40.0;
    const auto num_steps = static_cast<std::size_t>(std::lround(kEnd / dt)) + 1;
    const SpikeTrains trains = random_trains(num_neurons, kEnd, 5);
    const GridSpikes spikes = GridSpikes::from(trains, dt, num_steps, true);
    EXPECT_EQ(spikes.num_examples(), trains.num_examples());
    EXPECT_EQ(spikes.num_neurons(), num_neurons);
    EXPECT_EQ(spikes.num_steps(), num_steps);
    EXPECT_EQ(spikes.dt(), dt);
    EXPECT_EQ(spikes.num_spikes(), trains.num_spikes());
    SpikeList list;
    for (std::size_t example = 0; example < trains.num_examples(); ++example) {
        spikes.unpack(example, list);
        const std::vector<Placed> expected = place_plainly(trains, example, dt);
        ASSERT_EQ(list.step_begin.size(), num_steps + 1);
        ASSERT_EQ(list.neurons.size(), expected.size());
        ASSERT_EQ(list.offsets.size(), expected.size());
        ASSERT_EQ(list.step_begin[0], 0U);
        ASSERT_EQ(list.step_begin[num_steps], expected.size());
        std::size_t i = 0;
        for (std::size_t step = 0; step < num_steps; ++step) {
            for (i = list.step_begin[step]; i < list.step_begin[step + 1]; ++i) {
                const auto& [at_step, neuron, time] = expected[i];
                ASSERT_EQ(step, at_step);
                ASSERT_EQ(list.neurons[i], neuron);
                const double grid_time = static_cast<double>(step) * dt;
                ASSERT_NEAR(grid_time - static_cast<double>(list.offsets[i]), time, 2e-6 * dt);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Grids, GridSpikesOnGrid,
                         ::testing::Combine(::testing::Values(1.0, 0.5, 0.1),
                                            ::testing::Values(3, 784, 65536, 100000)));

TEST(GridSpikes, CountsEverySpikeOfANeuronWithinAStep) {
    SpikeTrains trains(10);
    trains.append(std::vector<Spike>{{7, 1.2}, {7, 1.4}, {2, 1.9}, {7, 2.0}, {3, 0.0}});
    SpikeList list;
    GridSpikes::from(trains, 1.0, 4).unpack(0, list);
    EXPECT_THAT(list.step_begin, ElementsAre(0, 1, 1, 5, 5));
    EXPECT_THAT(list.neurons, ElementsAre(3, 2, 7, 7, 7));
    EXPECT_THAT(list.offsets, IsEmpty());
    GridSpikes::from(trains, 1.0, 4, true).unpack(0, list);
    EXPECT_THAT(list.offsets, ElementsAre(0.0F, FloatNear(0.1F, 1e-6F), FloatNear(0.8F, 1e-6F),
                                          FloatNear(0.6F, 1e-6F), 0.0F));
}

TEST(GridSpikes, TakesSixteenBitsANumberWhereTheyFit) {
    for (const std::size_t num_neurons : {std::size_t{100}, std::size_t{1} << 20}) {
        SpikeTrains trains(num_neurons);
        const auto last = static_cast<std::uint32_t>(num_neurons - 1);
        trains.append(std::vector<Spike>(1000, Spike{last, 1.0}));
        const std::size_t expected = (num_neurons == 100 ? 2 : 4) * 1000 + 3 * 2 + 2 * 8;
        EXPECT_EQ(GridSpikes::from(trains, 1.0, 2).memory_bytes(), expected);
    }
}

TEST(GridSpikes, HoldsMoreSpikesInAnExampleThanSixteenBitsCount) {
    SpikeTrains trains(2);
    trains.append(std::vector<Spike>(70000, Spike{1, 1.0}));
    trains.append(std::vector<Spike>{{0, 0.0}});
    SpikeList list;
    const GridSpikes spikes = GridSpikes::from(trains, 1.0, 2);
    spikes.unpack(0, list);
    EXPECT_THAT(list.step_begin, ElementsAre(0, 0, 70000));
    spikes.unpack(1, list);
    EXPECT_THAT(list.step_begin, ElementsAre(0, 1, 1));
}

TEST(GridSpikes, NamesASpikeAfterTheLastStep) {
    SpikeTrains trains(10);
    trains.append(std::vector<Spike>{{3, 1.0}});
    trains.append(std::vector<Spike>{{3, 1.0}, {8, 1.95}});
    const auto error = error_of<ModelError>([&] { GridSpikes::from(trains, 0.1, 20); });
    EXPECT_STREQ(error.what(),
                 "[Example 1] neuron 8 spikes at 1.95 ms, after the last step of the example at "
                 "1.9 ms (20 steps of 0.1 ms are 2 ms); simulate at least 21 steps or leave out "
                 "later spikes");
    EXPECT_EQ(error.field("example"), "1");
    EXPECT_EQ(error.field("neuron"), "8");
    EXPECT_EQ(error.field("time"), "1.95");
    EXPECT_EQ(GridSpikes::from(trains, 0.1, 21).num_spikes(), 3U);
}

TEST(GridSpikes, NamesAGridThatIsNone) {
    EXPECT_THAT(model_error([] { GridSpikes(1, 0, 1.0); }), HasSubstr("the examples have 0 steps"));
    EXPECT_THAT(model_error([] { GridSpikes(1, std::size_t{1} << 40, 1.0); }),
                HasSubstr("give a number between 1 and 2147483647"));
    for (const double dt : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::infinity()}) {
        EXPECT_THAT(
            model_error([&] { GridSpikes(1, 1, dt); }),
            AllOf(HasSubstr("[GridSpikes] the time step is"), HasSubstr("give a positive number")));
    }
}

TEST(GridSpikes, AppendsListsWithAndWithoutOffsets) {
    GridSpikes spikes(10, 2, 0.1);
    const SpikeList plain{.step_begin = {0, 1, 3}, .neurons = {4, 2, 2}, .offsets = {}};
    const SpikeList exact{.step_begin = {0, 0, 2}, .neurons = {0, 9}, .offsets = {0.05F, 0.1F}};
    spikes.append(plain);
    SpikeList list;
    spikes.unpack(0, list);
    EXPECT_THAT(list.offsets, IsEmpty());
    spikes.append(exact);
    spikes.append(plain);
    spikes.unpack(0, list);
    EXPECT_EQ(list.neurons, plain.neurons);
    EXPECT_THAT(list.offsets, ElementsAre(0.0F, 0.0F, 0.0F));
    spikes.unpack(1, list);
    EXPECT_EQ(list.step_begin, exact.step_begin);
    EXPECT_EQ(list.neurons, exact.neurons);
    EXPECT_EQ(list.offsets, exact.offsets);
    spikes.unpack(2, list);
    EXPECT_EQ(list.step_begin, plain.step_begin);
    EXPECT_THAT(list.offsets, ElementsAre(0.0F, 0.0F, 0.0F));
    EXPECT_EQ(spikes.num_spikes(1), 2U);
}

TEST(GridSpikes, NamesAListThatDoesNotFit) {
    GridSpikes spikes(10, 2, 1.0);
    const auto error = [&](const SpikeList& list) {
        return model_error([&] { spikes.append(list); });
    };
    EXPECT_EQ(error({{0, 0}, {}, {}}),
              "[Example 0] has 2 step boundaries for 2 steps; step_begin takes 3 entries");
    const auto divides = HasSubstr("has step boundaries that do not divide its 2 spikes");
    EXPECT_THAT(error({{1, 1, 2}, {3, 3}, {}}), divides);
    EXPECT_THAT(error({{0, 1, 1}, {3, 3}, {}}), divides);
    EXPECT_THAT(error({{0, 3, 2}, {3, 3}, {}}), divides);
    const auto neurons = HasSubstr("has neurons beyond the 10 of the dataset, or not ascending");
    EXPECT_THAT(error({{0, 1, 2}, {3, 10}, {}}), neurons);
    EXPECT_THAT(error({{0, 0, 2}, {4, 3}, {}}), neurons);
    EXPECT_THAT(error({{0, 1, 2}, {4, 3}, {0.5F}}), HasSubstr("has 1 offsets for 2 spikes"));
    const float not_a_number = std::numeric_limits<float>::quiet_NaN();
    for (const float offset : {-0.1F, 1.1F, not_a_number}) {
        EXPECT_THAT(error({{0, 1, 2}, {4, 3}, {0.5F, offset}}),
                    HasSubstr("has an offset outside a step of 1 ms"));
    }
    EXPECT_EQ(spikes.num_examples(), 0U);
    EXPECT_EQ(spikes.num_spikes(), 0U);
    SpikeList list;
    EXPECT_THAT(model_error([&] { spikes.unpack(0, list); }),
                HasSubstr("there is no example 0: the dataset holds 0"));
}

TEST(GridSpikes, IsAssembledFromWhatItWasToldToExpect) {
    const std::vector<std::uint32_t> counts = {2, 0, 1};
    const std::vector<SpikeList> lists = {
        {{0, 1, 2}, {3, 1}, {}}, {{0, 0, 0}, {}, {}}, {{0, 0, 1}, {9}, {}}};
    const auto assemble = [&](const std::vector<SpikeList>& given) {
        const auto make = [&](std::size_t first, std::size_t last,
                              const GridSpikes::TakeExample& take) {
            for (std::size_t example = first; example < last; ++example)
                take(given[example]);
        };
        return GridSpikes::assemble(10, 2, 1.0, counts, make, 2);
    };
    const GridSpikes spikes = assemble(lists);
    for (std::size_t example = 0; example < lists.size(); ++example) {
        SpikeList list;
        spikes.unpack(example, list);
        EXPECT_EQ(list.step_begin, lists[example].step_begin);
        EXPECT_EQ(list.neurons, lists[example].neurons);
    }
    std::vector<SpikeList> wrong = lists;
    wrong[1] = {{0, 0, 1}, {4}, {}};
    EXPECT_THAT(model_error([&] { assemble(wrong); }),
                HasSubstr("[Example 1] has 1 spikes, 0 with offsets, where 0 on the grid"));
    wrong = lists;
    wrong[2] = {{0, 0, 1}, {4}, {0.5F}};
    EXPECT_THAT(model_error([&] { assemble(wrong); }),
                HasSubstr("[Example 2] has 1 spikes, 1 with"));
    wrong[2] = {{0, 0, 1}, {10}, {}};
    EXPECT_THAT(model_error([&] { assemble(wrong); }), HasSubstr("beyond the 10 of the dataset"));
}

}  // namespace
}  // namespace saltus
