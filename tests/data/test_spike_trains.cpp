#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/spike_trains.hpp>

#include "data/errors_of.hpp"

namespace saltus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SpikeTrains, SortsEachExampleByTimeThenNeuron) {
    SpikeTrains trains(5);
    trains.append(std::vector<Spike>{{4, 2.0}, {1, 2.0}, {3, 0.5}, {1, 2.0}});
    trains.append(std::vector<Spike>{});
    trains.append(std::vector<double>{3.0, 1.0}, std::vector<std::uint32_t>{0, 2});
    EXPECT_EQ(trains.num_neurons(), 5U);
    EXPECT_EQ(trains.num_examples(), 3U);
    EXPECT_EQ(trains.num_spikes(), 6U);
    EXPECT_EQ(trains.num_spikes(2), 2U);
    EXPECT_THAT(trains.neurons(0), ElementsAre(3, 1, 1, 4));
    EXPECT_THAT(trains.times(0), ElementsAre(0.5, 2.0, 2.0, 2.0));
    EXPECT_THAT(trains.neurons(1), IsEmpty());
    EXPECT_THAT(trains.neurons(2), ElementsAre(2, 0));
    EXPECT_EQ(trains.latest_time(), 3.0);
    EXPECT_EQ(SpikeTrains(3).latest_time(), 0.0);
}

TEST(SpikeTrains, NamesASpikeThatCannotBe) {
    SpikeTrains trains(5);
    trains.append(std::vector<Spike>{{0, 1.0}});
    const auto error = error_of<ModelError>([&] {
        trains.append(std::vector<Spike>{{1, 1.0}, {5, 2.5}});
    });
    EXPECT_STREQ(error.what(),
                 "[Example 1] neuron 5 spikes at 2.5 ms, but the trains have 5 neurons; neurons "
                 "count from 0; check the population's size");
    EXPECT_EQ(error.field("example"), "1");
    EXPECT_EQ(error.field("neuron"), "5");
    EXPECT_EQ(error.field("time"), "2.5");
    for (const double time : {-0.5, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
        EXPECT_THAT(model_error([&] {
                        trains.append(std::vector<Spike>{{2, time}});
                    }),
                    HasSubstr("ms, which is no time; times count in ms from the start"));
    }
    EXPECT_THAT(model_error([&] {
                    trains.append(std::vector<Spike>{{2, -0.5}});
                }),
                HasSubstr("neuron 2 spikes at -0.5 ms"));
    EXPECT_EQ(trains.num_examples(), 1U) << "a refused example must leave no trace";
    EXPECT_EQ(trains.num_spikes(), 1U);
}

TEST(SpikeTrains, NamesLengthsThatDisagree) {
    SpikeTrains trains(5);
    EXPECT_EQ(model_error([&] {
                  trains.append(std::vector<double>{1.0, 2.0}, std::vector<std::uint32_t>{0});
              }),
              "[Example 0] has 2 times, but 1 neurons; give one neuron for each time");
}

TEST(SpikeTrains, NamesAnExampleThatIsNotThere) {
    const SpikeTrains trains(5);
    EXPECT_THAT(model_error([&] { trains.times(0); }),
                HasSubstr("there is no example 0: the trains hold 0"));
    EXPECT_THAT(model_error([&] { trains.neurons(0); }), HasSubstr("examples count from 0"));
}

}  // namespace
}  // namespace saltus
