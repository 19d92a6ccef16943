#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <saltus/data/spike_dataset.hpp>

namespace saltus {

/// Pixels of the event camera of N-MNIST.
inline constexpr std::size_t kNmnistRows = 34;
inline constexpr std::size_t kNmnistColumns = 34;
/// Brighter (1) and darker (0).
inline constexpr std::size_t kNmnistPolarities = 2;

/// Shape of the population for N-MNIST: (rows, columns, polarities) after pooling.
Shape nmnist_shape(std::size_t pooling = 1);

/// Reads the events of one recording of N-MNIST (".bin", ".bs2"), plain or compressed with gzip.
/// An event is five bytes, big endian: column (8 bits), row (8 bits), polarity (1 bit), time in
/// microseconds (23 bits). Events of row 240 stand for an overflow of the camera's clock, which
/// adds 8,192 microseconds to all later times.
/// @return spikes of neurons (row * columns + column) * polarities + polarity, in the order of the
/// file, which needs not be that of time. Of the options, examples are not used.
/// @throws RuntimeFault when the file cannot be opened or read, or its compression is broken.
/// @throws ModelError (field "file") when it ends within an event or an event is outside of the
/// camera, and for options out of range.
std::vector<Spike> read_event_recording(const std::filesystem::path& path,
                                        const RecordingOptions& options = {});

/// The same from memory, without compression; `name` stands for the file in errors.
std::vector<Spike> parse_event_recording(std::span<const std::uint8_t> contents,
                                         const std::string& name,
                                         const RecordingOptions& options = {});

/// Reads recordings of N-MNIST with their classes.
/// @param path either a list, which names a recording and its class in each line ("17\t5"; lines
/// that begin with '#' do not count), and beside which the recordings "17.bs2" or "17.bin" lie; or
/// a folder with a folder of recordings for each class, "0", "1", ... In this case recordings come
/// in the order of their names.
/// @throws ModelError (field "file") for what is no such list or folder, and what
/// read_event_recording throws.
/// References: G. Orchard, A. Jayawant, G. K. Cohen, N. Thakor, Converting static image datasets to
/// spiking neuromorphic datasets using saccades, Frontiers in Neuroscience 9, 437 (2015).
SpikeDataset read_nmnist(const std::filesystem::path& path, const RecordingOptions& options = {});

}  // namespace saltus
