#include <saltus/data/thermometer.hpp>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {

ImageDataset thermometer(const ImageDataset& images, std::size_t levels) {
    constexpr std::size_t kMostLevels = 64;
    if (levels < 1 || levels > kMostLevels) {
        throw ModelError("thermometer", fmt::format("levels is {}", levels),
                         fmt::format("give a number from 1 to {}", kMostLevels))
            .with("parameter", "levels");
    }
    ImageDataset columns;
    const Shape& shape = images.image_shape;
    const bool has_channels = shape.rank() == 3;
    columns.image_shape =
        Shape{shape[0], shape[1], (has_channels ? shape[2] : std::size_t{1}) * levels};
    columns.num_images = images.num_images;
    columns.labels = images.labels;
    columns.pixels.reserve(images.pixels.size() * levels);
    for (const std::uint8_t pixel : images.pixels) {
        for (std::size_t k = 0; k < levels; ++k)
            columns.pixels.push_back(2 * levels * pixel > (2 * k + 1) * 255 ? 255 : 0);
    }
    return columns;
}

}  // namespace saltus
