#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <saltus/data/spike_dataset.hpp>

namespace saltus {

/// Channels of the cochlea of the Heidelberg data sets.
inline constexpr std::size_t kHeidelbergChannels = 700;

/// Reads an HDF5 file in the layout of the Spiking Heidelberg Digits and Spiking Speech Commands,
/// plain or compressed with gzip (".h5.gz"): /spikes/times and /spikes/units with a list of
/// variable length for each recording (times in seconds, as float16, float32 or float64; channels
/// as whole numbers), /labels with the class of each recording, and, if there is one, /extra/keys
/// with the names of the classes. Spikes may be in any order.
///
/// HDF5's own library is not safe with damaged files, so these parts of the format are read by a
/// reader of this library: files as h5py and PyTables write them unless told otherwise, in any
/// numbers of chunks, with the filters deflate and shuffle.
/// @param num_channels size of the population; each unit is below it.
/// @throws RuntimeFault (field "file") when the file cannot be read.
/// @throws ModelError (field "file") when it is no such file, is damaged, or a spike has a channel
/// or time that cannot be (field "example"), and for options out of range.
/// References: B. Cramer, Y. Stradmann, J. Schemmel, F. Zenke, The Heidelberg spiking data sets for
/// the systematic evaluation of spiking neural networks, IEEE Transactions on Neural Networks and
/// Learning Systems 33, 2744 (2022).
SpikeDataset read_heidelberg(const std::filesystem::path& path,
                             const RecordingOptions& options = {},
                             std::size_t num_channels = kHeidelbergChannels);

/// The same from memory, without compression; `name` stands for the file in errors.
SpikeDataset parse_heidelberg(std::span<const std::uint8_t> contents, const std::string& name,
                              const RecordingOptions& options = {},
                              std::size_t num_channels = kHeidelbergChannels);

}  // namespace saltus
