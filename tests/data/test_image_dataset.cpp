#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/data/image_dataset.hpp>

#include "data/errors_of.hpp"
#include "data/idx_files.hpp"

namespace saltus {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ImageDataset, ReadsImagesWithTheirLabels) {
    const TemporaryFolder folder;
    const Bytes pixels = noise(3 * 4 * 5);
    const auto images = folder.write_gzip("images.gz", idx_file({3, 4, 5}, pixels));
    const auto labels = folder.write("labels", idx_file({3}, {7, 0, 255}));
    const ImageDataset dataset = read_image_dataset(images, labels);
    EXPECT_EQ(dataset.image_shape, (Shape{4, 5}));
    EXPECT_EQ(dataset.num_images, 3U);
    EXPECT_EQ(dataset.pixels, pixels);
    EXPECT_THAT(dataset.labels, ElementsAre(7, 0, 255));
    EXPECT_EQ(dataset.num_classes(), 256);
    const auto second = dataset.image(1);
    EXPECT_EQ(Bytes(second.begin(), second.end()), Bytes(pixels.begin() + 20, pixels.begin() + 40));
}

TEST(ImageDataset, KeepsChannels) {
    const TemporaryFolder folder;
    const auto images = folder.write("images", idx_file({1, 2, 2, 3}, noise(12)));
    const auto labels = folder.write("labels", idx_file({1}, {0}));
    EXPECT_EQ(read_image_dataset(images, labels).image_shape, (Shape{2, 2, 3}));
}

TEST(ImageDataset, NamesBothNumbersWhenTheyDisagree) {
    const TemporaryFolder folder;
    const auto images = folder.write("images", idx_file({3, 2, 2}, noise(12)));
    const auto labels = folder.write("labels", idx_file({2}, {0, 1}));
    const auto error = error_of<ModelError>([&] { read_image_dataset(images, labels); });
    EXPECT_EQ(std::string(error.what()), "[" + images.string() + "] holds 3 images, but " +
                                             labels.string() +
                                             " holds 2 labels; give the labels of these images");
    EXPECT_EQ(error.field("images"), "3");
    EXPECT_EQ(error.field("labels"), "2");
}

TEST(ImageDataset, NamesAnArrayOfTheWrongShape) {
    const TemporaryFolder folder;
    const auto images = folder.write("images", idx_file({3, 2, 2}, noise(12)));
    const auto labels = folder.write("labels", idx_file({3}, {0, 1, 2}));
    const auto none = folder.write("none", idx_file({0, 2, 2}, {}));
    EXPECT_THAT(model_error([&] { read_image_dataset(labels, images); }),
                AllOf(HasSubstr("holds no images: its shape is (3,)"), HasSubstr("exchanged")));
    EXPECT_THAT(
        model_error([&] { read_image_dataset(images, images); }),
        AllOf(HasSubstr("holds no labels: its shape is (3, 2, 2)"), HasSubstr("exchanged")));
    EXPECT_THAT(model_error([&] { read_image_dataset(none, labels); }),
                HasSubstr("holds no pixels: its shape is (0, 2, 2)"));
}

TEST(ImageDataset, TakesAPart) {
    const ImageDataset dataset{
        .image_shape = {1, 2}, .num_images = 3, .pixels = {1, 2, 3, 4, 5, 6}, .labels = {7, 8, 9}};
    const ImageDataset part = take(dataset, 1, 2);
    EXPECT_EQ(part.image_shape, dataset.image_shape);
    EXPECT_EQ(part.num_images, 2U);
    EXPECT_THAT(part.pixels, ElementsAre(3, 4, 5, 6));
    EXPECT_THAT(part.labels, ElementsAre(8, 9));
    EXPECT_EQ(take(dataset, 3, 0).num_images, 0U);
    EXPECT_EQ(take(dataset, 3, 0).num_classes(), 0);
    EXPECT_THAT(model_error([&] { take(dataset, 2, 2); }),
                HasSubstr("2 images from image 2 on are not there: the dataset holds 3"));
    // The sum of the two must not wrap around.
    EXPECT_THAT(model_error([&] { take(dataset, 2, SIZE_MAX); }), HasSubstr("are not there"));
}

TEST(ImageDataset, ReadsFashionMnist) {
    const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
    if (!std::filesystem::exists(folder / "train-images-idx3-ubyte.gz")) {
        GTEST_SKIP() << "Debian's package dataset-fashion-mnist is not installed";
    }
    const ImageDataset dataset = read_image_dataset(folder / "train-images-idx3-ubyte.gz",
                                                    folder / "train-labels-idx1-ubyte.gz");
    EXPECT_EQ(dataset.image_shape, (Shape{28, 28}));
    EXPECT_EQ(dataset.num_images, 60000U);
    EXPECT_EQ(dataset.num_classes(), 10);
    std::vector<int> counts(10);
    for (const std::int32_t label : dataset.labels)
        ++counts.at(static_cast<std::size_t>(label));
    EXPECT_EQ(counts, std::vector<int>(10, 6000));
}

}  // namespace
}  // namespace saltus
