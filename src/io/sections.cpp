#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/network_file.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

ImageDataset read_images(const DataSection& data, const std::filesystem::path& images,
                         const std::filesystem::path& labels, std::size_t maximum) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(data.folder, ignored)) {
        throw RuntimeFault("data", fmt::format("there is no folder '{}'", data.folder.string()),
                           "correct `folder` in the network file, or say where the data is with "
                           "the environment variable SALTUS_DATA")
            .with("file", data.folder.string());
    }
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

LatencyEncoder EncodingSection::encoder() const {
    if (type == "log_latency") return LatencyEncoder::logarithmic(tau_eff, threshold, min_time);
    return LatencyEncoder::linear(max_time, min_time, threshold);
}

TrainOptions TrainingSection::options() const {
    TrainOptions options;
    options.num_epochs = epochs;
    options.shuffle = shuffle;
    options.metrics = metrics;
    options.input_dropout = input_dropout;
    options.schedule = factor;
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
