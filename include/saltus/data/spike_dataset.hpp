#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <saltus/common/shape.hpp>
#include <saltus/data/spike_trains.hpp>

namespace saltus {

/// Labelled recordings of spikes.
struct SpikeDataset {
    /// Shape of the population that the spikes are for: (rows, columns, polarities) or (channels).
    Shape shape;
    /// An example a recording; neurons are numbered row-major.
    SpikeTrains spikes{0};
    /// Class of each recording, from 0.
    std::vector<std::int32_t> labels;
    /// Names of the classes, where the file has them.
    std::vector<std::string> class_names = {};

    std::size_t num_examples() const { return labels.size(); }
    /// One more than the largest label; 0 without labels.
    int num_classes() const;
};

/// Which recordings of a dataset are read, and what of each.
struct RecordingOptions {
    /// The first recordings are passed over.
    std::size_t first_example = 0;
    /// Only so many are read.
    std::size_t max_examples = std::numeric_limits<std::size_t>::max();
    /// Spikes before this time (ms) are left out, and times count from it.
    double start_time = 0.0;
    /// Spikes at or after this time (ms, of the recording) are left out.
    double end_time = std::numeric_limits<double>::infinity();
    /// So many neighbouring channels, or pixels along rows and along columns, become one neuron,
    /// which gets the spikes of all of them.
    std::size_t pooling = 1;
};

/// @throws ModelError unless 0 <= start_time < end_time, and pooling is at least 1.
void require_recording_options(const RecordingOptions& options);

}  // namespace saltus
