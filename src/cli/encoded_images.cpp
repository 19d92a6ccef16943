#include "cli/encoded_images.hpp"

#include <utility>

#include <saltus/losses/sparse_categorical_crossentropy.hpp>

namespace saltus {
namespace {

/// Takes the dataset by value, so that its pixels are gone as soon as they are spikes.
EncodedImages encode(const NetworkFile& file, ImageDataset images) {
    EncodedImages encoded;
    encoded.output = file.output_name();
    encoded.num_images = images.num_images;
    encoded.inputs[file.input_name()] = std::make_shared<const GridSpikes>(
        file.encoder().encode(images, file.inference.dt, file.inference.evaluate_timesteps,
                              file.inference.backend.threads));
    encoded.labels[encoded.output] = std::move(images.labels);
    return encoded;
}

}  // namespace

EncodedImages load_training_images(const NetworkFile& file) {
    return encode(file, file.data.read_train());
}

EncodedImages load_test_images(const NetworkFile& file, SampleImage& sample) {
    ImageDataset images = file.data.read_test();
    // Training looks at its own labels only, and the first test comes after an epoch.
    SparseCategoricalCrossentropy().check_labels(
        images.labels, file.network.find_population(file.output_name()).size(),
        "Labels " + file.data.test_labels.string());
    if (images.num_images > 0) {
        const auto pixels = images.image(0);
        sample = {images.image_shape, {pixels.begin(), pixels.end()}, images.labels[0]};
    }
    return encode(file, std::move(images));
}

}  // namespace saltus
