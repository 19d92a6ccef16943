#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/data/event_recording.hpp>
#include <saltus/data/heidelberg.hpp>
#include <saltus/data/thermometer.hpp>
#include <saltus/io/network_file.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

void require_folder(const DataSection& data) {
    std::error_code ignored;
    if (std::filesystem::is_directory(data.folder, ignored)) return;
    throw RuntimeFault("data", fmt::format("there is no folder '{}'", data.folder.string()),
                       "correct `folder` in the network file, or say where the data is with "
                       "the environment variable SALTUS_DATA")
        .with("file", data.folder.string());
}

SpikeDataset read_recordings(const DataSection& data, const std::filesystem::path& name,
                             std::size_t maximum) {
    require_folder(data);
    RecordingOptions options = data.recordings;
    options.max_examples = maximum;
    const std::filesystem::path path = data.folder / name;
    if (data.format == "heidelberg") return read_heidelberg(path, options, data.channels);
    return read_nmnist(path, options);
}

ImageDataset read_images(const DataSection& data, const std::filesystem::path& images,
                         const std::filesystem::path& labels, std::size_t maximum) {
    require_folder(data);
    ImageDataset dataset = read_image_dataset(data.folder / images, data.folder / labels);
    if (dataset.num_images <= maximum) return dataset;
    return take(dataset, 0, maximum);
}

/// The name of the one population that `is_wanted`.
std::string only_population(const NetworkFile& file,
                            const std::function<bool(const Population&)>& is_wanted,
                            const std::string& what, const std::string& advice) {
    std::vector<std::string> names;
    for (const auto& population : file.network.populations()) {
        if (is_wanted(*population)) names.push_back(population->name());
    }
    if (names.size() == 1) return names.front();
    const std::string problem = names.empty()
                                    ? fmt::format("there is no population that {}", what)
                                    : fmt::format("there are {} populations of which each {}: {}",
                                                  names.size(), what, enumerate(names));
    throw ModelError(file.name, problem, advice).with("file", file.name);
}

}  // namespace

ImageDataset DataSection::read_train() const {
    return read_images(*this, train_images, train_labels, max_train);
}

ImageDataset DataSection::read_test() const {
    return read_images(*this, test_images, test_labels, max_test);
}

SpikeDataset DataSection::read_train_recordings() const {
    return read_recordings(*this, train, max_train);
}

SpikeDataset DataSection::read_test_recordings() const {
    return read_recordings(*this, test, max_test);
}

bool AugmentationSection::is_used() const {
    const bool shifts = std::ranges::any_of(shift, [](std::size_t most) { return most > 0; });
    return shifts || blend > 0.0 || mirror > 0.0 || time_shift > 0.0 || time_jitter > 0.0 ||
           deletion > 0.0 || added_spikes > 0.0;
}

bool AugmentationSection::only_moves() const {
    AugmentationSection rest = *this;
    rest.shift.clear();
    rest.mirror = 0.0;
    return is_used() && !rest.is_used();
}

SpikeAugmentation AugmentationSection::augmentation(const Shape& shape, double duration,
                                                    std::uint64_t seed) const {
    std::vector<std::shared_ptr<const SpikeTransform>> transforms;
    if (blend > 0.0) {
        const std::size_t places = std::min<std::size_t>(shape.rank(), 2);
        transforms.push_back(std::make_shared<BlendExamples>(shape, places, blend));
    }
    if (!shift.empty()) transforms.push_back(std::make_shared<ShiftNeurons>(shape, shift));
    if (mirror > 0.0) {
        if (shape.rank() < 2) {
            throw ModelError(
                "[augmentation]",
                fmt::format("mirror needs rows and columns, and the input has shape {}",
                            to_string(shape)),
                "give it the shape [rows, columns, channels], or leave mirror out");
        }
        transforms.push_back(std::make_shared<MirrorNeurons>(shape, 1, mirror));
    }
    if (time_shift > 0.0) transforms.push_back(std::make_shared<ShiftTime>(time_shift));
    if (time_jitter > 0.0) transforms.push_back(std::make_shared<JitterTime>(time_jitter));
    if (deletion > 0.0) transforms.push_back(std::make_shared<DeleteSpikes>(deletion));
    if (added_spikes > 0.0)
        transforms.push_back(std::make_shared<AddSpikes>(added_spikes, duration));
    return SpikeAugmentation(std::move(transforms), seed, duration);
}

LatencyEncoder EncodingSection::encoder() const {
    if (type == "log_latency") return LatencyEncoder::logarithmic(tau_eff, threshold, min_time);
    if (type == "thermometer") return LatencyEncoder::linear(min_time, min_time);
    return LatencyEncoder::linear(max_time, min_time, threshold);
}

ImageDataset EncodingSection::pixels(ImageDataset images) const {
    return type == "thermometer" ? thermometer(images, levels) : std::move(images);
}

TrainOptions TrainingSection::options() const {
    TrainOptions options;
    options.num_epochs = epochs;
    options.shuffle = shuffle;
    options.metrics = metrics;
    options.input_dropout = input_dropout;
    options.schedule = factor;
    options.validation_split = validation_split;
    return options;
}

std::string NetworkFile::input_name() const {
    return only_population(
        *this,
        [](const Population& population) {
            return population.neuron().input_kind() == InputKind::kSpikes;
        },
        "receives the spikes of the data", "give exactly one population neuron = \"spike_input\"");
}

std::string NetworkFile::output_name() const {
    return only_population(
        *this, [](const Population& population) { return population.neuron().readout != nullptr; },
        "has a readout",
        "give exactly one population a readout, for example readout = \"avg_var\"");
}

}  // namespace saltus
