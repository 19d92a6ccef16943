#pragma once

#include <cstddef>

#include <saltus/data/image_dataset.hpp>

namespace saltus {

/// Turns each pixel into `levels` pixels that are white or black: number k is white where the pixel
/// is above (k + 1/2) / levels of white, so that brighter pixels have more white ones, like the
/// column of a thermometer. They are the last axis of the new images, behind the channels of those
/// that have such: (rows, columns, channels * levels).
/// @throws ModelError unless there are 1 to 64 levels.
ImageDataset thermometer(const ImageDataset& images, std::size_t levels);

}  // namespace saltus
