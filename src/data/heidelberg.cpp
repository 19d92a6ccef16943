#include <saltus/data/heidelberg.hpp>

#include <algorithm>
#include <cmath>
#include <new>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

#include "data/byte_source.hpp"
#include "data/hdf5_dataset.hpp"

namespace saltus {
namespace {

constexpr double kMillisecondsPerSecond = 1000.0;

/// All bytes of a file, which gzip may have compressed.
std::vector<std::uint8_t> read_all(const std::filesystem::path& path) {
    FileSource source(path);
    std::vector<std::uint8_t> contents;
    try {
        for (;;) {
            const std::size_t used = contents.size();
            const std::size_t asked = std::max(used, std::size_t{1} << 20);
            contents.resize(used + asked);
            const std::size_t count = source.read(std::span(contents).subspan(used));
            contents.resize(used + count);
            if (count < asked) return contents;
        }
    } catch (const std::bad_alloc&) {
        throw RuntimeFault(path.string(), "does not fit into memory", "give a smaller file")
            .with("file", path.string());
    }
}

/// Reads the recordings of one file.
class HeidelbergReader {
  public:
    HeidelbergReader(const Hdf5Bytes& file, std::string name, const RecordingOptions& options,
                     std::size_t num_channels)
        : file_(file), name_(std::move(name)), options_(options), num_channels_(num_channels) {}

    SpikeDataset read() {
        const Hdf5Dataset times = open("spikes/times");
        const Hdf5Dataset units = open("spikes/units");
        const Hdf5Dataset labels = open("labels");
        require_kinds(times, units, labels);
        const std::size_t first = std::min(options_.first_example, labels.size());
        const std::size_t count = std::min(options_.max_examples, labels.size() - first);
        if (count == 0) {
            file_.fail(fmt::format("has {} recordings, of which none is left from number {} on",
                                   labels.size(), options_.first_example));
        }
        SpikeDataset dataset;
        dataset.shape = {num_channels_ / options_.pooling +
                         (num_channels_ % options_.pooling != 0 ? 1 : 0)};
        dataset.spikes = SpikeTrains(dataset.shape[0]);
        Hdf5Lists all_times(times);
        Hdf5Lists all_units(units);
        for (std::size_t example = first; example < first + count; ++example) {
            dataset.labels.push_back(label_of(labels, example));
            dataset.spikes.append(spikes_of(example, times.type(), all_times.list(example),
                                            units.type(), all_units.list(example)));
        }
        dataset.class_names = class_names();
        return dataset;
    }

  private:
    Hdf5Dataset open(const std::string& path) const {
        const auto address = find_hdf5_object(file_, path);
        if (!address) file_.fail(fmt::format("has no '{}'", path));
        return Hdf5Dataset(file_, *address, path);
    }

    void require_kinds(const Hdf5Dataset& times, const Hdf5Dataset& units,
                       const Hdf5Dataset& labels) const {
        if (!times.type().is_list || times.type().kind != Hdf5Type::Kind::kFloat)
            file_.fail("has 'spikes/times' that are no lists of floating point numbers");
        if (!units.type().is_list || units.type().kind != Hdf5Type::Kind::kInteger)
            file_.fail("has 'spikes/units' that are no lists of whole numbers");
        if (labels.type().is_list || labels.type().kind != Hdf5Type::Kind::kInteger)
            file_.fail("has 'labels' that are no whole numbers");
        if (times.size() == units.size() && units.size() == labels.size()) return;
        file_.fail(fmt::format("has times of {} recordings, units of {} and labels of {}",
                               times.size(), units.size(), labels.size()));
    }

    std::int32_t label_of(const Hdf5Dataset& labels, std::size_t example) const {
        const double label = hdf5_number(labels.type(), labels.element(example));
        if (label >= 0.0 && label <= 1e9) return static_cast<std::int32_t>(label);
        fail(example, fmt::format("its label is {}", label), "classes count from 0");
    }

    const std::vector<Spike>& spikes_of(std::size_t example, const Hdf5Type& time_type,
                                        std::span<const std::uint8_t> times,
                                        const Hdf5Type& unit_type,
                                        std::span<const std::uint8_t> units) {
        const std::size_t count = times.size() / time_type.size;
        if (count != units.size() / unit_type.size) {
            fail(example,
                 fmt::format("it has {} times and {} units", count, units.size() / unit_type.size),
                 "give another copy of the file");
        }
        spikes_.clear();
        for (std::size_t spike = 0; spike < count; ++spike) {
            const double unit = hdf5_number(unit_type, units.subspan(spike * unit_type.size));
            const double time = hdf5_number(time_type, times.subspan(spike * time_type.size)) *
                                kMillisecondsPerSecond;
            if (!(unit >= 0.0 && unit < static_cast<double>(num_channels_))) {
                fail(example,
                     fmt::format("spike {} is of unit {}, but there are {} channels", spike, unit,
                                 num_channels_),
                     "check the number of channels");
            }
            if (!(std::isfinite(time) && time >= 0.0)) {
                fail(example, fmt::format("spike {} is at {} ms, which is no time", spike, time),
                     "times are in seconds from the start of a recording, finite and not negative");
            }
            if (time < options_.start_time || time >= options_.end_time) continue;
            spikes_.push_back(
                {static_cast<std::uint32_t>(static_cast<std::size_t>(unit) / options_.pooling),
                 time - options_.start_time});
        }
        return spikes_;
    }

    std::vector<std::string> class_names() const {
        const auto address = find_hdf5_object(file_, "extra/keys");
        if (!address) return {};
        const Hdf5Dataset keys(file_, *address, "extra/keys");
        if (keys.type().kind != Hdf5Type::Kind::kText) return {};
        Hdf5Lists lists(keys);
        std::vector<std::string> names;
        for (std::size_t label = 0; label < keys.size(); ++label) {
            const auto text = keys.type().is_list ? lists.list(label) : keys.element(label);
            names.emplace_back(text.begin(), std::ranges::find(text, std::uint8_t{0}));
        }
        return names;
    }

    [[noreturn]] void fail(std::size_t example, const std::string& problem,
                           const std::string& advice) const {
        throw ModelError(name_, fmt::format("recording {}: {}", example, problem), advice)
            .with("file", name_)
            .with("example", std::to_string(example));
    }

    const Hdf5Bytes& file_;
    std::string name_;
    const RecordingOptions& options_;
    std::size_t num_channels_;
    std::vector<Spike> spikes_;
};

}  // namespace

SpikeDataset read_heidelberg(const std::filesystem::path& path, const RecordingOptions& options,
                             std::size_t num_channels) {
    require_recording_options(options);
    return parse_heidelberg(read_all(path), path.string(), options, num_channels);
}

SpikeDataset parse_heidelberg(std::span<const std::uint8_t> contents, const std::string& name,
                              const RecordingOptions& options, std::size_t num_channels) {
    require_recording_options(options);
    if (num_channels == 0 || num_channels > std::size_t{1} << 31) {
        throw ModelError("read_heidelberg", fmt::format("num_channels is {}", num_channels),
                         "give the number of channels, 700 for those of the data sets")
            .with("parameter", "num_channels");
    }
    const Hdf5Bytes file(contents, name);
    return HeidelbergReader(file, name, options, num_channels).read();
}

}  // namespace saltus
