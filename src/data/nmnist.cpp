#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>
#include <saltus/data/event_recording.hpp>

#include "data/byte_source.hpp"

namespace saltus {
namespace {

constexpr std::size_t kMostListBytes = std::size_t{1} << 26;

/// A recording that is not read yet.
struct Recording {
    std::filesystem::path file;
    std::int32_t label;
};

ModelError bad_list(const std::string& file, const std::string& problem, std::string advice) {
    return ModelError(file, problem, std::move(advice)).with("file", file);
}

/// Whole number of digits alone; nothing for other texts.
std::optional<std::int32_t> to_label(std::string_view text) {
    std::int32_t label = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), label);
    if (fault != std::errc{} || end != text.data() + text.size() || label < 0) return {};
    return label;
}

std::string read_text(const std::filesystem::path& path) {
    FileSource source(path);
    std::string text;
    std::vector<std::uint8_t> block(std::size_t{1} << 16);
    for (;;) {
        const std::size_t count = source.read(block);
        text.append(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
        if (count < block.size()) return text;
        if (text.size() > kMostListBytes) {
            throw bad_list(path.string(), fmt::format("has more than {} bytes", kMostListBytes),
                           "give a list of recordings");
        }
    }
}

/// Names lead to files beside the list, nowhere else.
bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char letter) {
        return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
               (letter >= 'A' && letter <= 'Z') || letter == '_' || letter == '-';
    });
}

/// The file of a recording in a folder, by its name in the list.
std::filesystem::path recording_file(const std::filesystem::path& folder, std::string_view name) {
    std::error_code ignored;
    std::filesystem::path file = folder / (std::string(name) + ".bs2");
    if (std::filesystem::exists(file, ignored)) return file;
    std::filesystem::path other = folder / (std::string(name) + ".bin");
    return std::filesystem::exists(other, ignored) ? other : file;
}

std::vector<Recording> listed_recordings(const std::filesystem::path& list) {
    constexpr std::string_view kBlanks = " \t\r";
    const std::string text = read_text(list);
    std::vector<Recording> recordings;
    std::size_t line_number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        ++line_number;
        line = line.substr(std::min(line.find_first_not_of(kBlanks), line.size()));
        line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
        if (line.empty() || line.front() == '#') continue;
        const std::string_view name = line.substr(0, line.find_first_of(kBlanks));
        const std::string_view rest = line.substr(name.size());
        const auto label =
            to_label(rest.substr(std::min(rest.find_first_not_of(kBlanks), rest.size())));
        if (!is_plain_name(name) || !label) {
            throw bad_list(
                list.string(),
                fmt::format("line {} does not name a recording and its class", line_number),
                "write for example \"17 5\" for the recording 17.bs2 of class 5")
                .with("line", std::to_string(line_number));
        }
        recordings.push_back({recording_file(list.parent_path(), name), *label});
    }
    return recordings;
}

/// Recordings in folders named by classes, in the order of their names.
std::vector<Recording> sorted_recordings(const std::filesystem::path& folder) {
    std::vector<Recording> recordings;
    std::error_code fault;
    for (const auto& entry : std::filesystem::directory_iterator(folder, fault)) {
        const auto label = to_label(entry.path().filename().string());
        if (!label || !entry.is_directory(fault)) continue;
        for (const auto& file : std::filesystem::directory_iterator(entry.path(), fault)) {
            const std::string extension = file.path().extension().string();
            if (extension == ".bin" || extension == ".bs2")
                recordings.push_back({file.path(), *label});
        }
    }
    if (fault) {
        throw RuntimeFault(folder.string(), "cannot be read: " + fault.message(),
                           "check the folder and its permissions")
            .with("file", folder.string());
    }
    std::ranges::sort(recordings, [](const Recording& a, const Recording& b) {
        const std::string name_a = a.file.filename().string();
        const std::string name_b = b.file.filename().string();
        return name_a != name_b ? name_a < name_b : a.label < b.label;
    });
    return recordings;
}

}  // namespace

SpikeDataset read_nmnist(const std::filesystem::path& path, const RecordingOptions& options) {
    require_recording_options(options);
    std::error_code ignored;
    const std::vector<Recording> recordings = std::filesystem::is_directory(path, ignored)
                                                  ? sorted_recordings(path)
                                                  : listed_recordings(path);
    const std::size_t first = std::min(options.first_example, recordings.size());
    const std::size_t last = first + std::min(options.max_examples, recordings.size() - first);
    if (first == last) {
        throw bad_list(path.string(),
                       fmt::format("has {} recordings, of which none is left from number {} on",
                                   recordings.size(), options.first_example),
                       "give a list of recordings, or a folder with one for each class");
    }
    SpikeDataset dataset;
    dataset.shape = nmnist_shape(options.pooling);
    dataset.spikes = SpikeTrains(dataset.shape.size());
    for (std::size_t example = first; example < last; ++example) {
        dataset.spikes.append(read_event_recording(recordings[example].file, options));
        dataset.labels.push_back(recordings[example].label);
    }
    return dataset;
}

}  // namespace saltus
