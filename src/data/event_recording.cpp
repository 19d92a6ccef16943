#include <saltus/data/event_recording.hpp>

#include <array>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

#include "data/byte_source.hpp"

namespace saltus {
namespace {

constexpr std::size_t kEventBytes = 5;
constexpr std::size_t kEventsAtOnce = 4096;
/// Real recordings have some thousands; a small file that gzip has made of endless zeros has not.
constexpr std::size_t kMostEvents = std::size_t{1} << 27;
constexpr std::size_t kOverflowRow = 240;
constexpr std::uint64_t kOverflowMicroseconds = 1 << 13;

std::size_t pooled(std::size_t extent, std::size_t pooling) {
    return extent / pooling + (extent % pooling != 0 ? 1 : 0);
}

/// Turns the bytes of a recording into spikes.
class EventReader {
  public:
    EventReader(ByteSource& source, const RecordingOptions& options)
        : source_(source), options_(options), columns_(pooled(kNmnistColumns, options.pooling)) {}

    std::vector<Spike> read() {
        std::array<std::uint8_t, kEventBytes * kEventsAtOnce> block{};
        for (;;) {
            const std::size_t count = source_.read(block);
            const std::size_t whole = count / kEventBytes;
            for (std::size_t event = 0; event < whole; ++event)
                take(std::span(block).subspan(event * kEventBytes).first<kEventBytes>());
            if (count % kEventBytes != 0) {
                fail(fmt::format("ends within an event: it has {} bytes after the last of its {} "
                                 "events of {} bytes",
                                 count % kEventBytes, num_events_, kEventBytes),
                     "copy or download the file again; check that it is a recording");
            }
            if (count < block.size()) return std::move(spikes_);
            if (num_events_ > kMostEvents) {
                fail(fmt::format("has more than {} events", kMostEvents),
                     "check that it is a recording of one example");
            }
        }
    }

  private:
    void take(std::span<const std::uint8_t, kEventBytes> event) {
        const std::size_t column = event[0];
        const std::size_t row = event[1];
        ++num_events_;
        if (row == kOverflowRow) {
            overflown_ += kOverflowMicroseconds;
            return;
        }
        if (row >= kNmnistRows || column >= kNmnistColumns) {
            fail(fmt::format("event {} is at row {}, column {}, but the camera has {} rows and {} "
                             "columns",
                             num_events_ - 1, row, column, kNmnistRows, kNmnistColumns),
                 "check that the file is a recording of N-MNIST");
        }
        const std::uint64_t microseconds = (std::uint64_t{event[2] & 0x7FU} << 16) |
                                           (std::uint64_t{event[3]} << 8) | std::uint64_t{event[4]};
        const double time = static_cast<double>(microseconds + overflown_) / 1000.0;
        if (time < options_.start_time || time >= options_.end_time) return;
        const std::size_t pixel = row / options_.pooling * columns_ + column / options_.pooling;
        const std::size_t neuron = pixel * kNmnistPolarities + (event[2] >> 7);
        spikes_.push_back({static_cast<std::uint32_t>(neuron), time - options_.start_time});
    }

    [[noreturn]] void fail(const std::string& problem, const std::string& advice) const {
        throw ModelError(source_.name(), problem, advice).with("file", source_.name());
    }

    ByteSource& source_;
    const RecordingOptions& options_;
    std::size_t columns_;
    std::size_t num_events_ = 0;
    std::uint64_t overflown_ = 0;
    std::vector<Spike> spikes_;
};

}  // namespace

Shape nmnist_shape(std::size_t pooling) {
    return {pooled(kNmnistRows, pooling), pooled(kNmnistColumns, pooling), kNmnistPolarities};
}

std::vector<Spike> read_event_recording(const std::filesystem::path& path,
                                        const RecordingOptions& options) {
    require_recording_options(options);
    FileSource source(path);
    return EventReader(source, options).read();
}

std::vector<Spike> parse_event_recording(std::span<const std::uint8_t> contents,
                                         const std::string& name, const RecordingOptions& options) {
    require_recording_options(options);
    MemorySource source(contents, name);
    return EventReader(source, options).read();
}

}  // namespace saltus
