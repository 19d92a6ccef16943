#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/latency_encoder.hpp>

#include "data/errors_of.hpp"
#include "data/idx_files.hpp"

namespace saltus {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(LatencyEncoder, LinearTimesFollowTheFormula) {
    for (const int threshold : {0, 1, 100, 254, 255}) {
        const LatencyEncoder encoder = LatencyEncoder::linear(18.0, 2.0, threshold);
        for (int value = 0; value < 256; ++value) {
            const auto time = encoder.time(static_cast<std::uint8_t>(value));
            ASSERT_EQ(time.has_value(), value > threshold);
            if (!time) continue;
            ASSERT_DOUBLE_EQ(*time, (255.0 - value) / 255.0 * 16.0 + 2.0);
        }
    }
    EXPECT_FALSE(LatencyEncoder::linear(20.0).time(1).has_value());
    EXPECT_EQ(LatencyEncoder::linear(20.0).time(255), 0.0);
    EXPECT_EQ(LatencyEncoder::linear(3.0, 3.0).time(7), 3.0);
}

TEST(LatencyEncoder, LogarithmicTimesFollowTheFormula) {
    for (const int threshold : {0, 51, 254, 255}) {
        const LatencyEncoder encoder = LatencyEncoder::logarithmic(20.0, threshold, 1.5);
        for (int value = 0; value < 256; ++value) {
            const auto time = encoder.time(static_cast<std::uint8_t>(value));
            ASSERT_EQ(time.has_value(), value > threshold);
            if (!time) continue;
            const double ratio = static_cast<double>(value) / (value - threshold);
            ASSERT_DOUBLE_EQ(*time, 1.5 + 20.0 * std::log(ratio));
        }
    }
}

TEST(LatencyEncoder, NamesAnArgumentThatIsWrong) {
    EXPECT_EQ(model_error([] { LatencyEncoder::linear(1.0, 2.0); }),
              "[LatencyEncoder] max_time is 1; give a time in ms that is not before min_time");
    for (const double time : {kNotANumber, kInfinity, -1.0}) {
        EXPECT_THAT(model_error([&] { LatencyEncoder::linear(time); }), HasSubstr("max_time is"));
        EXPECT_THAT(model_error([&] { LatencyEncoder::linear(20.0, time); }),
                    AllOf(HasSubstr("min_time is"), HasSubstr("that is not negative")));
        EXPECT_THAT(model_error([&] { LatencyEncoder::logarithmic(20.0, 1, time); }),
                    HasSubstr("min_time is"));
        EXPECT_THAT(model_error([&] { LatencyEncoder::logarithmic(time, 1); }),
                    AllOf(HasSubstr("tau_eff is"), HasSubstr("give a positive time constant")));
    }
    EXPECT_THAT(model_error([] { LatencyEncoder::logarithmic(0.0, 1); }),
                HasSubstr("tau_eff is 0"));
    for (const int threshold : {-1, 256}) {
        const std::string expected =
            "threshold is " + std::to_string(threshold) + "; give a pixel value between 0 and 255";
        EXPECT_THAT(model_error([&] { LatencyEncoder::linear(20.0, 0.0, threshold); }),
                    HasSubstr(expected));
        EXPECT_THAT(model_error([&] { LatencyEncoder::logarithmic(20.0, threshold); }),
                    HasSubstr(expected));
    }
}

ImageDataset random_images(std::size_t count, const Shape& shape) {
    ImageDataset images{.image_shape = shape,
                        .num_images = count,
                        .pixels = noise(count * shape.size()),
                        .labels = {}};
    // Dark images and borders, as photographs have.
    for (std::size_t i = 0; i < images.pixels.size(); ++i) {
        if (i / 7 % 3 == 0) images.pixels[i] = 0;
    }
    return images;
}

TEST(LatencyEncoder, EncodesBrightPixelsFirst) {
    const ImageDataset images{.image_shape = {1, 4},
                              .num_images = 2,
                              .pixels = {0, 255, 1, 51, 51, 255, 51, 255},
                              .labels = {}};
    const SpikeTrains trains = LatencyEncoder::linear(20.0).encode(images);
    EXPECT_EQ(trains.num_neurons(), 4U);
    EXPECT_THAT(trains.neurons(0), ElementsAre(1, 3));
    EXPECT_THAT(trains.times(0), ElementsAre(0.0, 16.0));
    EXPECT_THAT(trains.neurons(1), ElementsAre(1, 3, 0, 2));
}

void expect_same(const GridSpikes& direct, const GridSpikes& by_way) {
    ASSERT_EQ(direct.num_examples(), by_way.num_examples());
    ASSERT_EQ(direct.num_spikes(), by_way.num_spikes());
    SpikeList a;
    SpikeList b;
    for (std::size_t example = 0; example < direct.num_examples(); ++example) {
        direct.unpack(example, a);
        by_way.unpack(example, b);
        ASSERT_EQ(a.step_begin, b.step_begin);
        ASSERT_EQ(a.neurons, b.neurons);
        ASSERT_TRUE(a.offsets.empty());
    }
}

TEST(LatencyEncoder, TheDirectWayIsTheWayRound) {
    for (const Shape& shape : {Shape{28, 28}, Shape{5, 3, 3}, Shape{1, 1}}) {
        const ImageDataset images = random_images(40, shape);
        for (const auto& encoder :
             {LatencyEncoder::linear(18.0, 2.0), LatencyEncoder::logarithmic(5.0, 51),
              LatencyEncoder::linear(3.0, 3.0, 255)}) {
            for (const double dt : {1.0, 0.5, 0.1}) {
                const auto num_steps = static_cast<std::size_t>(30.0 / dt);
                expect_same(encoder.encode(images, dt, num_steps),
                            GridSpikes::from(encoder.encode(images), dt, num_steps));
            }
        }
    }
}

TEST(LatencyEncoder, NamesAPixelAfterTheLastStep) {
    ImageDataset images{.image_shape = {1, 3},
                        .num_images = 2,
                        .pixels = {255, 255, 0, 255, 51, 255},
                        .labels = {}};
    const LatencyEncoder encoder = LatencyEncoder::linear(20.0);
    const auto error = error_of<ModelError>([&] { encoder.encode(images, 1.0, 16); });
    EXPECT_STREQ(error.what(),
                 "[Example 1] pixel 1 of value 51 spikes at 16 ms, after the last step of the "
                 "example at 15 ms (16 steps of 1 ms are 16 ms); simulate at least 17 steps or "
                 "encode into a shorter time");
    EXPECT_EQ(error.field("example"), "1");
    EXPECT_EQ(error.field("neuron"), "1");
    EXPECT_EQ(error.field("time"), "16");
    EXPECT_EQ(encoder.encode(images, 1.0, 17).num_spikes(), 5U);
    // A value that would be late, but does not occur, is no error.
    images.pixels[4] = 255;
    EXPECT_EQ(encoder.encode(images, 1.0, 1).num_spikes(), 5U);
}

TEST(LatencyEncoder, EncodesFashionMnist) {
    const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
    if (!std::filesystem::exists(folder / "t10k-images-idx3-ubyte.gz")) {
        GTEST_SKIP() << "Debian's package dataset-fashion-mnist is not installed";
    }
    const ImageDataset images = take(read_image_dataset(folder / "t10k-images-idx3-ubyte.gz",
                                                        folder / "t10k-labels-idx1-ubyte.gz"),
                                     0, 2000);
    const LatencyEncoder encoder = LatencyEncoder::linear(18.0, 2.0);
    const GridSpikes by_way = GridSpikes::from(encoder.encode(images), 1.0, 20);
    for (const int threads : {0, 1, 2, 3})
        expect_same(encoder.encode(images, 1.0, 20, threads), by_way);
}

}  // namespace
}  // namespace saltus
