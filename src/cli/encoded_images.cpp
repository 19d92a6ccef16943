#include "cli/encoded_images.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <saltus/losses/sparse_categorical_crossentropy.hpp>

namespace saltus {
namespace {

/// Spikes of examples and what belongs to them.
EncodedImages finish(const NetworkFile& file, InputData spikes, std::vector<std::int32_t> labels) {
    EncodedImages encoded;
    encoded.output = file.output_name();
    encoded.num_images = labels.size();
    encoded.inputs[file.input_name()] = std::move(spikes);
    encoded.labels[encoded.output] = std::move(labels);
    return encoded;
}

/// Takes the dataset by value, so that its pixels are gone as soon as they are spikes.
EncodedImages encode(const NetworkFile& file, ImageDataset images) {
    if (file.inference.exact_spike_times) {
        auto exact = std::make_shared<const SpikeTrains>(file.encoder().encode(images));
        return finish(file, std::move(exact), std::move(images.labels));
    }
    auto spikes = std::make_shared<const GridSpikes>(
        file.encoder().encode(images, file.inference.dt, file.inference.evaluate_timesteps,
                              file.inference.backend.threads));
    return finish(file, std::move(spikes), std::move(images.labels));
}

EncodedImages encode(const NetworkFile& file, SpikeDataset recordings) {
    if (file.inference.exact_spike_times) {
        auto exact = std::make_shared<const SpikeTrains>(std::move(recordings.spikes));
        return finish(file, std::move(exact), std::move(recordings.labels));
    }
    auto spikes = std::make_shared<const GridSpikes>(
        GridSpikes::from(recordings.spikes, file.inference.dt, file.inference.evaluate_timesteps));
    return finish(file, std::move(spikes), std::move(recordings.labels));
}

/// Examples that are varied in each epoch: at exact times, so that they can be moved.
EncodedImages encode_varied(const NetworkFile& file, SpikeDataset recordings) {
    // Later spikes have no timestep to act in.
    const double duration =
        static_cast<double>(file.inference.evaluate_timesteps - 1) * file.inference.dt;
    const SpikeAugmentation augmentation =
        file.augmentation.augmentation(recordings.shape, duration, file.seed());
    const auto spikes = std::make_shared<const SpikeTrains>(std::move(recordings.spikes));
    const std::vector<std::int32_t> labels = recordings.labels;
    EncodedImages encoded = finish(file, spikes, std::move(recordings.labels));
    encoded.augment = [=, input = file.input_name(), output = encoded.output,
                       threads = file.inference.backend.threads](std::size_t epoch) {
        return Dataset{{{input, std::make_shared<const SpikeTrains>(
                                    augmentation.apply(*spikes, labels, epoch, threads))}},
                       {{output, labels}}};
    };
    return encoded;
}

/// Images whose pixels are moved in each epoch, before they become spikes on the grid: that takes
/// much less memory than their spikes at exact times.
EncodedImages encode_moved(const NetworkFile& file, ImageDataset images) {
    const SpikeAugmentation augmentation = file.augmentation.augmentation(
        images.image_shape, std::numeric_limits<double>::infinity(), file.seed());
    const auto on_grid = [encoding = file.encoding, dt = file.inference.dt,
                          steps = file.inference.evaluate_timesteps,
                          threads = file.inference.backend.threads](ImageDataset varied) {
        const ImageDataset pixels = encoding.pixels(std::move(varied));
        return std::make_shared<const GridSpikes>(
            encoding.encoder().encode(pixels, dt, steps, threads));
    };
    const auto labels = images.labels;
    const auto all = std::make_shared<const ImageDataset>(std::move(images));
    EncodedImages encoded = finish(file, on_grid(*all), labels);
    encoded.augment = [=, input = file.input_name(), output = encoded.output,
                       threads = file.inference.backend.threads](std::size_t epoch) {
        return Dataset{{{input, on_grid(augmentation.apply(*all, epoch, threads))}},
                       {{output, labels}}};
    };
    return encoded;
}

/// Numbers of spikes of a recording as an image; those of other shapes have none.
SampleImage picture_of(const SpikeDataset& recordings, std::size_t example) {
    SampleImage sample{recordings.shape, {}, recordings.labels[example]};
    if (recordings.shape.rank() < 2) return sample;
    std::vector<std::size_t> counts(recordings.shape.size(), 0);
    for (const std::uint32_t neuron : recordings.spikes.neurons(example))
        ++counts[neuron];
    const std::size_t most = std::max<std::size_t>(1, std::ranges::max(counts));
    for (const std::size_t count : counts)
        sample.pixels.push_back(static_cast<std::uint8_t>(count * 255 / most));
    return sample;
}

/// Training looks at its own labels only, and the first test comes after an epoch.
void check_labels(const NetworkFile& file, const std::vector<std::int32_t>& labels,
                  const std::filesystem::path& labels_file) {
    SparseCategoricalCrossentropy().check_labels(
        labels, file.network.find_population(file.output_name()).size(),
        "Labels " + labels_file.string());
}

}  // namespace

EncodedImages load_training_images(const NetworkFile& file) {
    if (file.data.are_recordings()) {
        SpikeDataset recordings = file.data.read_train_recordings();
        return file.augmentation.is_used() ? encode_varied(file, std::move(recordings))
                                           : encode(file, std::move(recordings));
    }
    ImageDataset images = file.data.read_train();
    if (!file.augmentation.is_used()) return encode(file, file.encoding.pixels(std::move(images)));
    if (file.augmentation.only_moves() && !file.inference.exact_spike_times)
        return encode_moved(file, std::move(images));
    images = file.encoding.pixels(std::move(images));
    return encode_varied(file, {images.image_shape, file.encoder().encode(images), images.labels});
}

EncodedImages load_test_images(const NetworkFile& file, SampleImage& sample) {
    if (file.data.are_recordings()) {
        SpikeDataset recordings = file.data.read_test_recordings();
        check_labels(file, recordings.labels, file.data.test);
        sample = picture_of(recordings, 0);
        return encode(file, std::move(recordings));
    }
    ImageDataset images = file.data.read_test();
    check_labels(file, images.labels, file.data.test_labels);
    if (images.num_images > 0) {
        const auto pixels = images.image(0);
        sample = {images.image_shape, {pixels.begin(), pixels.end()}, images.labels[0]};
    }
    return encode(file, file.encoding.pixels(std::move(images)));
}

}  // namespace saltus
