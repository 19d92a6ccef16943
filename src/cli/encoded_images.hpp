#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <saltus/io/network_file.hpp>

namespace saltus {

/// Images as spikes, encoded once, or recordings of spikes, with their labels: ready to be trained
/// with or tested on.
struct EncodedImages {
    Inputs inputs;
    Labels labels;
    std::size_t num_images = 0;
    /// Name of the population that the labels are for.
    std::string output;
    /// Varied copies for each epoch, where the network file asks for them.
    std::function<Dataset(std::size_t epoch)> augment = {};
};

/// One image to look at.
struct SampleImage {
    Shape shape;
    std::vector<std::uint8_t> pixels;
    std::int32_t label = 0;
};

/// Reads and encodes the examples to train with.
EncodedImages load_training_images(const NetworkFile& file);

/// Reads and encodes the examples to test on; checks that every label is a class of the network.
/// @param sample receives the first image, or the counts of spikes of the first recording.
EncodedImages load_test_images(const NetworkFile& file, SampleImage& sample);

}  // namespace saltus
