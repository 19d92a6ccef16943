#include <saltus/data/spike_dataset.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <saltus/common/errors.hpp>

namespace saltus {

int SpikeDataset::num_classes() const {
    const auto largest = std::max_element(labels.begin(), labels.end());
    return largest == labels.end() ? 0 : *largest + 1;
}

void require_recording_options(const RecordingOptions& options) {
    const auto refuse = [](const char* parameter, const std::string& problem,
                           const std::string& advice) {
        throw ModelError("RecordingOptions", problem, advice).with("parameter", parameter);
    };
    if (!(std::isfinite(options.start_time) && options.start_time >= 0.0)) {
        refuse("start_time", fmt::format("start_time is {} ms", options.start_time),
               "give a time from 0 on");
    }
    if (!(options.end_time > options.start_time)) {
        refuse("end_time",
               fmt::format("end_time is {} ms, and start_time {} ms", options.end_time,
                           options.start_time),
               "give a later end, or none");
    }
    if (options.pooling == 0) refuse("pooling", "pooling is 0", "give 1 for no pooling, or more");
}

}  // namespace saltus
