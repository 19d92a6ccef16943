#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>
#include <saltus/data/thermometer.hpp>

namespace saltus::test {
namespace {

TEST(Thermometer, BrighterPixelsHaveMoreWhiteOnes) {
    const ImageDataset images{Shape{1, 256},
                              1,
                              [] {
                                  std::vector<std::uint8_t> all(256);
                                  for (std::size_t value = 0; value < 256; ++value)
                                      all[value] = static_cast<std::uint8_t>(value);
                                  return all;
                              }(),
                              {3}};
    const ImageDataset columns = thermometer(images, 4);
    EXPECT_EQ(columns.image_shape, (Shape{1, 256, 4}));
    EXPECT_EQ(columns.labels, images.labels);
    EXPECT_EQ(columns.num_images, 1U);
    for (std::size_t value = 0; value < 256; ++value) {
        for (std::size_t k = 0; k < 4; ++k) {
            // The levels are 1/8, 3/8, 5/8 and 7/8 of white: 31.875, 95.625, 159.375, 223.125.
            const bool is_white = value >= std::vector<std::size_t>{32, 96, 160, 224}[k];
            EXPECT_EQ(columns.pixels[value * 4 + k], is_white ? 255 : 0) << value << " " << k;
        }
    }
}

TEST(Thermometer, ChannelsStayTogether) {
    const ImageDataset images{Shape{1, 1, 2}, 1, {255, 100}, {0}};
    const ImageDataset columns = thermometer(images, 2);
    EXPECT_EQ(columns.image_shape, (Shape{1, 1, 4}));
    EXPECT_EQ(columns.pixels, (std::vector<std::uint8_t>{255, 255, 255, 0}));
}

TEST(Thermometer, RefusesImpossibleLevels) {
    const ImageDataset images{Shape{1, 1}, 1, {255}, {0}};
    for (const std::size_t levels : {0, 65}) {
        try {
            thermometer(images, levels);
            FAIL() << levels;
        } catch (const ModelError& error) {
            EXPECT_EQ(std::string(error.what()), "[thermometer] levels is " +
                                                     std::to_string(levels) +
                                                     "; give a number from 1 to 64");
        }
    }
}

}  // namespace
}  // namespace saltus::test
