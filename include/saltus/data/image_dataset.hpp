#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <saltus/common/shape.hpp>

namespace saltus {

/// Images of 8-bit pixels that lie somewhere else.
struct ImageView {
    /// All images one after another, row-major.
    std::span<const std::uint8_t> pixels;
    std::size_t num_images = 0;
    /// Pixels of an image.
    std::size_t size = 0;

    /// Pixels of image `i`, which must exist.
    std::span<const std::uint8_t> image(std::size_t i) const {
        return pixels.subspan(i * size, size);
    }
};

/// Labelled images of 8-bit pixels.
struct ImageDataset {
    /// Shape of one image as the file has it: (rows, columns) or (rows, columns, channels).
    Shape image_shape;
    std::size_t num_images = 0;
    /// All images one after another: num_images * image_shape.size() values, row-major.
    std::vector<std::uint8_t> pixels;
    /// Class of each image, from 0.
    std::vector<std::int32_t> labels;

    /// Pixels of image `i`, which must exist.
    std::span<const std::uint8_t> image(std::size_t i) const;
    /// The images, as long as they stay where they are.
    ImageView view() const { return {pixels, num_images, image_shape.size()}; }
    /// One more than the largest label; 0 without labels.
    int num_classes() const;
};

/// Reads the images (three axes, or four with channels) and the labels (one axis) from idx files.
/// @throws ModelError when an array has another number of axes, there are no pixels, or the numbers
/// of images and labels disagree; and what read_idx throws.
ImageDataset read_image_dataset(const std::filesystem::path& images_path,
                                const std::filesystem::path& labels_path);

/// A copy of the `count` images from `first` on, with their labels.
/// @throws ModelError when the dataset does not hold them.
ImageDataset take(const ImageDataset& dataset, std::size_t first, std::size_t count);

}  // namespace saltus
