#include "io/data_sections.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <tuple>

#include <fmt/format.h>
#include <saltus/data/spike_transforms.hpp>
#include <saltus/metrics/metric.hpp>

namespace saltus {
namespace {

constexpr std::size_t kMaximumExamples = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kMaximumEpochs = 1'000'000'000;
constexpr std::size_t kMostPooling = 1 << 20;
constexpr std::size_t kMostChannels = 1 << 24;

std::filesystem::path data_folder(const std::string& written, const std::filesystem::path& base) {
    const char* override_folder = std::getenv("SALTUS_DATA");
    if (override_folder && *override_folder != '\0') return override_folder;
    return base / written;
}

std::filesystem::path read_file_name(const TomlTable& table, std::string_view key) {
    std::string name = table.require_text(key);
    if (name.empty() || name.find('\0') != std::string::npos) {
        table.fail(key, fmt::format("{} is not the name of a file: '{}'", key, printable(name)),
                   "write the name of a file in the folder of the data");
    }
    return name;
}

void read_image_keys(const TomlTable& table, DataSection& data) {
    table.require_known({"format", "folder", "train_images", "train_labels", "test_images",
                         "test_labels", "max_train", "max_test"});
    data.train_images = read_file_name(table, "train_images");
    data.train_labels = read_file_name(table, "train_labels");
    data.test_images = read_file_name(table, "test_images");
    data.test_labels = read_file_name(table, "test_labels");
}

void read_recording_keys(const TomlTable& table, DataSection& data) {
    std::vector<std::string> known = {"format",   "folder",     "train",    "test",   "max_train",
                                      "max_test", "start_time", "end_time", "pooling"};
    if (data.format == "heidelberg") known.emplace_back("channels");
    table.renamed(table.what() + " of format " + data.format).require_known(known);
    data.train = read_file_name(table, "train");
    data.test = read_file_name(table, "test");
    table.read("start_time", data.recordings.start_time);
    table.read("end_time", data.recordings.end_time);
    table.read_count("pooling", data.recordings.pooling, 1, kMostPooling);
    table.read_count("channels", data.channels, 1, kMostChannels);
    table.locate("format", [&] { require_recording_options(data.recordings); });
}

/// A figure that epochs are compared by.
std::string figure_of(const TomlTable& table, std::string_view key, std::string figure,
                      const TrainingSection& training) {
    std::vector<std::string> known = {"loss"};
    known.insert(known.end(), training.metrics.begin(), training.metrics.end());
    // The program always counts them.
    if (std::find(known.begin(), known.end(), "accuracy") == known.end())
        known.emplace_back("accuracy");
    const std::size_t trained = known.size();
    for (std::size_t k = 0; k < trained; ++k)
        known.push_back("validation_" + known[k]);
    const auto found = std::find(known.begin(), known.end(), figure);
    if (found == known.end()) table.fail_unknown(key, "figure", figure, known);
    const bool validates = static_cast<std::size_t>(found - known.begin()) >= trained;
    if (validates && training.validation_split == 0.0) {
        table.fail(key,
                   fmt::format("'{}' needs examples for validation, and there are none", figure),
                   "write, for example, validation_split = 0.1 under [training]");
    }
    return figure;
}

void read_best_epoch(const TomlTable& table, TrainingSection& training) {
    constexpr std::size_t kMostPatience = 1'000'000'000;
    if (table.has("restore_best")) {
        RestoreBest::Options best;
        table.read("restore_best", best.figure);
        best.figure = figure_of(table, "restore_best", best.figure, training);
        training.restore_best = best;
    }
    if (!table.has("early_stopping")) return;
    const TomlTable given = table.require_table("early_stopping", "early_stopping");
    given.require_known({"figure", "patience", "min_delta"});
    EarlyStopping::Options stopping;
    given.read("figure", stopping.figure);
    stopping.figure = figure_of(given, "figure", stopping.figure, training);
    given.read_count("patience", stopping.patience, 1, kMostPatience);
    given.read("min_delta", stopping.min_delta);
    given.locate("min_delta", [&] { (void)EarlyStopping(stopping); });
    training.early_stopping = stopping;
}

}  // namespace

DataSection read_data_section(const TomlTable& table, const std::filesystem::path& base) {
    DataSection data;
    data.format = table.require_kind("format");
    const std::vector<std::string> formats = {"idx", "nmnist", "heidelberg"};
    if (std::find(formats.begin(), formats.end(), data.format) == formats.end())
        table.fail_unknown("format", "data format", data.format, formats);
    if (data.are_recordings())
        read_recording_keys(table, data);
    else
        read_image_keys(table, data);
    data.folder = data_folder(read_file_name(table, "folder").string(), base);
    table.read_count("max_train", data.max_train, 1, kMaximumExamples);
    table.read_count("max_test", data.max_test, 1, kMaximumExamples);
    return data;
}

EncodingSection read_encoding_section(const TomlTable& table) {
    const std::vector<std::string> types = {"linear_latency", "log_latency", "thermometer"};
    EncodingSection encoding;
    encoding.type = table.require_kind("type");
    if (std::find(types.begin(), types.end(), encoding.type) == types.end()) {
        table.fail_unknown("type", "encoding", encoding.type, types);
    }
    if (encoding.type == "thermometer") {
        table.renamed(table.what() + " of type thermometer")
            .require_known({"type", "levels", "time"});
        encoding.levels = 8;
        table.read_count("levels", encoding.levels, 1, 64);
        table.read("time", encoding.min_time);
        if (!(std::isfinite(encoding.min_time) && encoding.min_time >= 0.0)) {
            table.fail("time", fmt::format("time is {:g}", encoding.min_time),
                       "write a time in ms that is not negative");
        }
        return encoding;
    }
    const bool is_linear = encoding.type == "linear_latency";
    const char* scale = is_linear ? "max_time" : "tau_eff";
    table.renamed(table.what() + " of type " + encoding.type)
        .require_known({"type", "min_time", "threshold", scale});
    table.require(scale);
    table.read(scale, is_linear ? encoding.max_time : encoding.tau_eff);
    table.read("min_time", encoding.min_time);
    std::size_t threshold = 1;
    table.read_count("threshold", threshold, 0, 255);
    encoding.threshold = static_cast<int>(threshold);
    table.locate(scale, [&] { (void)encoding.encoder(); });
    return encoding;
}

AugmentationSection read_augmentation_section(const TomlTable& table) {
    table.require_known(
        {"blend", "shift", "mirror", "time_shift", "time_jitter", "deletion", "added_spikes"});
    AugmentationSection section;
    table.read("blend", section.blend);
    table.read("shift", section.shift);
    table.read("mirror", section.mirror);
    table.read("time_shift", section.time_shift);
    table.read("time_jitter", section.time_jitter);
    table.read("deletion", section.deletion);
    table.read("added_spikes", section.added_spikes);
    // What shifts fit is known when the examples are.
    const Shape any{1};
    table.locate("blend", [&] { (void)BlendExamples(any, 1, section.blend); });
    table.locate("mirror", [&] { (void)MirrorNeurons(any, 0, section.mirror); });
    table.locate("time_shift", [&] { (void)ShiftTime(section.time_shift); });
    table.locate("time_jitter", [&] { (void)JitterTime(section.time_jitter); });
    table.locate("deletion", [&] { (void)DeleteSpikes(section.deletion); });
    table.locate("added_spikes", [&] { (void)AddSpikes(section.added_spikes, 1.0); });
    return section;
}

TrainingSection read_training_section(const TomlTable& table) {
    table.require_known({"epochs", "shuffle", "schedule", "input_dropout", "metrics",
                         "validation_split", "restore_best", "early_stopping"});
    TrainingSection training;
    table.read_count("epochs", training.epochs, 1, kMaximumEpochs);
    table.read("shuffle", training.shuffle);
    if (table.has("schedule"))
        std::tie(training.schedule, training.factor) = read_schedule(table, "schedule");
    table.read("input_dropout", training.input_dropout);
    if (!(training.input_dropout >= 0.0 && training.input_dropout < 1.0)) {
        table.fail("input_dropout", fmt::format("input_dropout is {:g}", training.input_dropout),
                   "write a probability from 0 to below 1");
    }
    table.read("metrics", training.metrics);
    for (const std::string& metric : training.metrics) {
        table.locate("metrics", [&] { (void)metric_by_name(metric); });
    }
    table.read("validation_split", training.validation_split);
    if (!(training.validation_split >= 0.0 && training.validation_split < 1.0)) {
        table.fail("validation_split",
                   fmt::format("validation_split is {:g}", training.validation_split),
                   "write the fraction of the training examples to keep, from 0 to below 1");
    }
    read_best_epoch(table, training);
    return training;
}

}  // namespace saltus
