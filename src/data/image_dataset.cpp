#include <saltus/data/image_dataset.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>
#include <saltus/data/idx.hpp>

namespace saltus {
namespace {

IdxArray read_images(const std::filesystem::path& path) {
    IdxArray array = read_idx(path);
    const std::string shape = to_string(array.shape);
    if (array.shape.rank() != 3 && array.shape.rank() != 4) {
        throw ModelError(path.string(), "holds no images: its shape is " + shape,
                         "images have the axes (number, rows, columns) and perhaps channels; check "
                         "that images and labels are not exchanged")
            .with("file", path.string())
            .with("shape", shape);
    }
    if (array.bytes.empty()) {
        throw ModelError(path.string(), "holds no pixels: its shape is " + shape,
                         "give a file with at least one image")
            .with("file", path.string())
            .with("shape", shape);
    }
    return array;
}

IdxArray read_labels(const std::filesystem::path& path) {
    IdxArray array = read_idx(path);
    if (array.shape.rank() != 1) {
        throw ModelError(path.string(), "holds no labels: its shape is " + to_string(array.shape),
                         "labels have one axis; check that images and labels are not exchanged")
            .with("file", path.string())
            .with("shape", to_string(array.shape));
    }
    return array;
}

}  // namespace

std::span<const std::uint8_t> ImageDataset::image(std::size_t i) const {
    const std::size_t size = image_shape.size();
    return std::span(pixels).subspan(i * size, size);
}

int ImageDataset::num_classes() const {
    return labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end()) + 1;
}

ImageDataset read_image_dataset(const std::filesystem::path& images_path,
                                const std::filesystem::path& labels_path) {
    IdxArray images = read_images(images_path);
    const IdxArray labels = read_labels(labels_path);
    const std::size_t num_images = images.shape[0];
    if (labels.bytes.size() != num_images) {
        throw ModelError(images_path.string(),
                         fmt::format("holds {} images, but {} holds {} labels", num_images,
                                     labels_path.string(), labels.bytes.size()),
                         "give the labels of these images")
            .with("file", images_path.string())
            .with("labels_file", labels_path.string())
            .with("images", std::to_string(num_images))
            .with("labels", std::to_string(labels.bytes.size()));
    }
    const auto& extents = images.shape.extents();
    return {.image_shape = Shape(std::vector<std::size_t>(extents.begin() + 1, extents.end())),
            .num_images = num_images,
            .pixels = std::move(images.bytes),
            .labels = {labels.bytes.begin(), labels.bytes.end()}};
}

ImageDataset take(const ImageDataset& dataset, std::size_t first, std::size_t count) {
    if (first > dataset.num_images || count > dataset.num_images - first) {
        throw ModelError("take",
                         fmt::format("{} images from image {} on are not there: the dataset holds "
                                     "{}",
                                     count, first, dataset.num_images),
                         "take fewer images or begin earlier")
            .with("first", std::to_string(first))
            .with("count", std::to_string(count))
            .with("images", std::to_string(dataset.num_images));
    }
    const auto size = static_cast<std::ptrdiff_t>(dataset.image_shape.size());
    const auto begin = static_cast<std::ptrdiff_t>(first);
    const auto end = static_cast<std::ptrdiff_t>(first + count);
    const auto pixels = dataset.pixels.begin();
    const auto labels = dataset.labels.begin();
    return {.image_shape = dataset.image_shape,
            .num_images = count,
            .pixels = {pixels + begin * size, pixels + end * size},
            .labels = {labels + begin, labels + end}};
}

}  // namespace saltus
